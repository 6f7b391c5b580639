import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from './clock.js';
import { dataSource } from './data-source.js';
import { Notifications } from './notifications.js';
import { Pulse } from './pulse.js';

/** How the database is reached. */
export interface DatabaseOptions {
  url: string;
  applicationName: string;
  /** How long an answer may take before the database counts as away, ms. */
  patienceMs: number;
}

/** Gives every module the one DataSource of the process, the one connection that listens, and the time. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    private readonly pulse: Pulse,
  ) {}

  static forRoot({ url, applicationName, patienceMs }: DatabaseOptions): DynamicModule {
    const clock = new Clock();
    const pulse = {
      provide: Pulse,
      useFactory: async () => {
        const started = new Pulse(url, clock, patienceMs);
        await started.start();
        return started;
      },
    };
    const source = {
      provide: DataSource,
      useFactory: (beating: Pulse) => dataSource(url, applicationName, beating).initialize(),
      inject: [Pulse],
    };
    const listening = {
      provide: Notifications,
      useFactory: (beating: Pulse) => new Notifications(url, beating),
      inject: [Pulse],
    };
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: Clock, useValue: clock }, pulse, source, listening],
      exports: [Clock, Pulse, DataSource, Notifications],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
    this.pulse.stop();
  }
}
