import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ReservationsController } from './reservations.controller.js';
import { ReservationsRepository } from './reservations.repository.js';
import { ReservationsService } from './reservations.service.js';

/** What both processes know of reservations. */
@Module({
  providers: [ReservationsRepository, ReservationsService],
  exports: [ReservationsService, ReservationsRepository],
})
export class ReservationsModule {}

/** The routes: in the API alone. */
@Module({ imports: [ReservationsModule, IdempotencyModule], controllers: [ReservationsController] })
export class ReservationsApiModule {}
