import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dataSource } from './data-source.js';
import { Notifications } from './notifications.js';

/** Gives every module the one DataSource of the process, and the one connection that listens. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  static forRoot(url: string, applicationName: string): DynamicModule {
    const provider = { provide: DataSource, useFactory: () => dataSource(url, applicationName).initialize() };
    const listening = { provide: Notifications, useFactory: () => new Notifications(url) };
    return {
      module: DatabaseModule,
      global: true,
      providers: [provider, listening],
      exports: [DataSource, Notifications],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}
