import { type DynamicModule, Module } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Processing } from '../processing/processing.js';
import { type Measured, Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { QueueDepthRepository } from './queue-depth.repository.js';

/** Gives every module the one Metrics of the process, and the API its route. */
@Module({})
export class MetricsModule {
  static forRoot(role: 'api' | 'worker'): DynamicModule {
    const provider = {
      provide: Metrics,
      useFactory: (queue: QueueDepthRepository, source: DataSource, processing: Processing) =>
        new Metrics([...queueGauges(queue), connections(source), children(processing)]),
      inject: [QueueDepthRepository, DataSource, Processing],
    };
    return {
      module: MetricsModule,
      global: true,
      controllers: role === 'api' ? [MetricsController] : [],
      providers: [provider, QueueDepthRepository],
      exports: [Metrics],
    };
  }
}

function queueGauges(queue: QueueDepthRepository): Measured[] {
  const jobs = async (gauge: Gauge): Promise<void> => {
    for (const { job, oldest: _, ...states } of await queue.depths()) {
      for (const [state, count] of Object.entries(states)) gauge.set({ job, state }, count);
    }
  };
  const oldest = async (gauge: Gauge): Promise<void> => {
    for (const { job, oldest } of await queue.depths()) gauge.set({ job }, oldest);
  };
  return [
    { name: 'queue_jobs', help: 'Jobs of the queue, which all processes share.', labels: ['job', 'state'], read: jobs },
    { name: 'queue_oldest_seconds', help: 'How long a job waits that could be taken.', labels: ['job'], read: oldest },
  ];
}

function connections(source: DataSource): Measured {
  const read = (gauge: Gauge): void => {
    const pool: unknown = Reflect.get(source.driver, 'master');
    for (const [state, name] of Object.entries({ open: 'totalCount', idle: 'idleCount', awaited: 'waitingCount' })) {
      const count: unknown = typeof pool === 'object' && pool !== null ? Reflect.get(pool, name) : undefined;
      if (typeof count === 'number') gauge.set({ state }, count);
    }
  };
  return { name: 'database_connections', help: 'Of the pool; awaited: who waits for one.', labels: ['state'], read };
}

function children(processing: Processing): Measured {
  const read = (gauge: Gauge): void => gauge.set(processing.pids.length);
  return { name: 'image_processes', help: 'Child processes in which pixels are worked on.', read };
}
