import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { ControllerResources } from './controller-resources.js';
import { InvocationsRepository } from './invocations.repository.js';
import { InvocationsService } from './invocations.service.js';

@Module({
  imports: [ReservationsModule, IdempotencyModule],
  providers: [InvocationsRepository, InvocationsService, ControllerResources],
  exports: [InvocationsService, ControllerResources],
})
export class ControllersModule {}
