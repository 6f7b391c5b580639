import { Module } from '@nestjs/common';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { Once } from './once.js';

@Module({
  providers: [IdempotencyRepository, IdempotencyService, Once],
  exports: [Once, IdempotencyService, IdempotencyRepository],
})
export class IdempotencyModule {}
