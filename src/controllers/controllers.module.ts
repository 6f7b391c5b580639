import { Module } from '@nestjs/common';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { InvocationsRepository } from './invocations.repository.js';
import { InvocationsService } from './invocations.service.js';

@Module({
  imports: [ReservationsModule],
  providers: [InvocationsRepository, InvocationsService],
  exports: [InvocationsService, InvocationsRepository],
})
export class ControllersModule {}
