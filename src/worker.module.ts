import { type DynamicModule, Module } from '@nestjs/common';
import { AlertsWorkModule } from './alerts/alerts.module.js';
import { type Config } from './config.js';
import { GarbageModule } from './garbage/garbage.module.js';
import { ImagesWorkModule } from './images/images.module.js';
import { platform } from './platform.js';
import { TasksWorkModule } from './tasks/tasks.module.js';

/** The worker: no routes, all jobs. */
@Module({})
export class WorkerModule {
  static forRoot(config: Config, databaseUrl: string): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ...platform(config, databaseUrl, 'worker'),
        TasksWorkModule,
        AlertsWorkModule,
        ImagesWorkModule,
        GarbageModule,
      ],
    };
  }
}
