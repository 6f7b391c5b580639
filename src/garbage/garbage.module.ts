import { Module } from '@nestjs/common';
import { ControllersModule } from '../controllers/controllers.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ImagesModule } from '../images/images.module.js';
import { Schedule } from '../queue/schedule.js';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { TasksWorkModule } from '../tasks/tasks.module.js';
import { GarbageRepository } from './garbage.repository.js';
import { SweepJob } from './sweep.job.js';
import { SweepService, SweptNouns } from './sweep.service.js';

@Module({
  imports: [ReservationsModule, ImagesModule, TasksWorkModule, ControllersModule, IdempotencyModule],
  providers: [GarbageRepository, SweptNouns, SweepService, SweepJob, Schedule],
  exports: [SweepJob, SweepService],
})
export class GarbageModule {}
