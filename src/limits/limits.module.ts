import { Module } from '@nestjs/common';
import { PendingTasksRepository } from './pending-tasks.repository.js';
import { PendingTasksService } from './pending-tasks.service.js';

/** How much an owner may have, and all of them together. */
@Module({
  providers: [PendingTasksRepository, PendingTasksService],
  exports: [PendingTasksService],
})
export class LimitsModule {}
