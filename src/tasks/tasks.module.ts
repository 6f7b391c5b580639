import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { ControllersModule } from '../controllers/controllers.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ImagesModule } from '../images/images.module.js';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { AcceptancesRepository } from './acceptances.repository.js';
import { EqualWorkService } from './equal-work.service.js';
import { EstimatesRepository } from './estimates.repository.js';
import { EstimatesService } from './estimates.service.js';
import { OutcomesService } from './outcomes.service.js';
import { ProcessTaskJob } from './process-task.job.js';
import { QueueAdmissionService } from './queue-admission.service.js';
import { TaskAcceptanceService } from './task-acceptance.service.js';
import { TaskBatchController } from './task-batch.controller.js';
import { TaskEndingService } from './task-ending.service.js';
import { TaskWatchService } from './task-watch.service.js';
import { TaskWorkService } from './task-work.service.js';
import { TaskControllersController } from './task-controllers.controller.js';
import { TaskEventsController } from './task-events.controller.js';
import { TasksController } from './tasks.controller.js';
import { TasksRepository } from './tasks.repository.js';
import { TasksService } from './tasks.service.js';
import { TurnsRepository } from './turns.repository.js';

/** Tasks as callers see them. */
@Module({
  imports: [
    ...[ImagesModule, TextsModule, ReservationsModule, ControllersModule],
    ...[IdempotencyModule, AlertsModule, LimitsModule],
  ],
  controllers: [TasksController, TaskBatchController, TaskEventsController, TaskControllersController],
  providers: [
    ...[TasksRepository, AcceptancesRepository, EstimatesRepository],
    ...[TasksService, TaskAcceptanceService, EqualWorkService, OutcomesService],
    ...[EstimatesService, TaskEndingService, TaskWatchService, QueueAdmissionService],
  ],
  exports: [TasksService, TaskWatchService, EstimatesService],
})
export class TasksApiModule {}

/** Tasks as workers see them. */
@Module({
  imports: [ImagesModule, TextsModule, AlertsModule],
  providers: [
    ...[TasksRepository, TurnsRepository, EstimatesRepository],
    ...[TaskWorkService, OutcomesService, EstimatesService, TaskEndingService, ProcessTaskJob],
  ],
  exports: [ProcessTaskJob, TaskWorkService],
})
export class TasksWorkModule {}
