import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dataSource } from './data-source.js';

/** Gives every module the one DataSource of the process. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  static forRoot(url: string, applicationName: string): DynamicModule {
    const provider = { provide: DataSource, useFactory: () => dataSource(url, applicationName).initialize() };
    return { module: DatabaseModule, global: true, providers: [provider], exports: [DataSource] };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}
