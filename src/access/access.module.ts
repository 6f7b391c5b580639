import { Module } from '@nestjs/common';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { Doorkeeper } from './doorkeeper.js';

/** Who may use the API: keys, and who calls. Workers have no callers. */
@Module({ providers: [ApiKeysRepository, ApiKeysService, Doorkeeper] })
export class AccessModule {}
