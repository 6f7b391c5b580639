import { Module } from '@nestjs/common';
import { AlertDeliveryService } from '../alerts/alert-delivery.service.js';
import { AlertsWorkModule } from '../alerts/alerts.module.js';
import { Config } from '../config.js';
import { ControllersModule } from '../controllers/controllers.module.js';
import { InvocationsService } from '../controllers/invocations.service.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { ImagesModule } from '../images/images.module.js';
import { ImagesService } from '../images/images.service.js';
import { LimitsModule } from '../limits/limits.module.js';
import { StorageQuotaService } from '../limits/storage-quota.service.js';
import { QueriesModule } from '../queries/queries.module.js';
import { QueriesService } from '../queries/queries.service.js';
import { Schedule } from '../queue/schedule.js';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { TaskWorkService } from '../tasks/task-work.service.js';
import { TasksWorkModule } from '../tasks/tasks.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { TextsService } from '../texts/texts.service.js';
import { GarbageRepository } from './garbage.repository.js';
import { SweepJob } from './sweep.job.js';
import { RowSweeps, SweepService } from './sweep.service.js';

const swept = [
  ...([Config, ReservationsService, ImagesService, TextsService, TaskWorkService] as const),
  ...([InvocationsService, IdempotencyService, AlertDeliveryService, QueriesService, StorageQuotaService] as const),
];

function rowSweeps(
  config: Config,
  reservations: ReservationsService,
  images: ImagesService,
  texts: TextsService,
  tasks: TaskWorkService,
  invocations: InvocationsService,
  idempotency: IdempotencyService,
  alerts: AlertDeliveryService,
  queries: QueriesService,
  quota: StorageQuotaService,
): RowSweeps {
  // Records of what was filled or invoked outlive the longest that a task may.
  const before = (now: Date): Date => new Date(now.getTime() - config.TASK_TTL * 1000);
  return new RowSweeps({
    reservations: (now, limit) => reservations.sweepExpired(now, limit),
    filled: (now, limit) => reservations.sweepFilled(before(now), limit),
    images: (now, limit) => images.sweep(now, limit),
    texts: (now, limit) => texts.sweep(now, limit),
    tasks: (now, limit) => tasks.sweep(now, limit),
    alerts: (now, limit) => alerts.sweep(now, limit),
    invocations: (now, limit) => invocations.sweep(before(now), limit),
    queries: (now, limit) => queries.sweep(now, limit),
    usageNotes: (_now, limit) => quota.fold(limit),
    idempotencyKeys: (now, limit) => idempotency.sweep(now, limit),
  });
}

@Module({
  imports: [
    ReservationsModule,
    ImagesModule,
    TextsModule,
    QueriesModule,
    TasksWorkModule,
    AlertsWorkModule,
    ControllersModule,
    IdempotencyModule,
    LimitsModule,
  ],
  providers: [
    { provide: RowSweeps, useFactory: rowSweeps, inject: swept },
    ...[GarbageRepository, SweepService, SweepJob, Schedule],
  ],
  exports: [SweepJob, SweepService],
})
export class GarbageModule {}
