import { Module } from '@nestjs/common';
import { PendingTasksRepository } from './pending-tasks.repository.js';
import { PendingTasksService } from './pending-tasks.service.js';
import { StorageQuotaService } from './storage-quota.service.js';
import { StorageUsageRepository } from './storage-usage.repository.js';

/** How much an owner may have, and all of them together. */
@Module({
  providers: [PendingTasksRepository, PendingTasksService, StorageUsageRepository, StorageQuotaService],
  exports: [PendingTasksService, StorageQuotaService],
})
export class LimitsModule {}
