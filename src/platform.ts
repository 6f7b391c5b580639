import { join, resolve } from 'node:path';
import { type DynamicModule } from '@nestjs/common';
import { type Config, formatsExtra } from './config.js';
import { ConfigModule } from './config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { ProcessingModule } from './processing/processing.module.js';
import { StorageModule } from './storage/storage.module.js';

/** A request is answered within two seconds, also by 503; jobs can wait for a database that is slow. */
const patienceMs = { api: 1_000, worker: 10_000 } as const;

/** What the API and the worker both stand on. */
export function platform(config: Config, databaseUrl: string, role: 'api' | 'worker'): DynamicModule[] {
  const limits = {
    pixelsMax: config.PIXELS_MAX,
    framesMax: config.FRAMES_MAX,
    outputPixelsMax: config.OUTPUT_PIXELS_MAX,
    memoryMax: config.CHILD_BYTES_MAX,
    formatsExtra: formatsExtra(config),
    timeoutMs: config.TASK_SECONDS_MAX * 1000,
  };
  return [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot({ url: databaseUrl, applicationName: `darkroom ${role}`, patienceMs: patienceMs[role] }),
    StorageModule.forRoot(join(resolve(config.DATA_DIR), 'blobs')),
    // The API reads headers of uploads, tells what they look like, and nothing more: one child does it, and another where that one
    // is held up.
    ProcessingModule.forRoot(role === 'api' ? 2 : config.WORKER_CONCURRENCY, limits),
  ];
}
