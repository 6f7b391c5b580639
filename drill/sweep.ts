import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { SweepService } from '../src/garbage/sweep.service.js';
import { readConfig } from '../src/read-config.js';
import { WorkerModule } from '../src/worker.module.js';

const hoursMs = 60 * 60 * 1000;

/** The sweep of two hours later, and of all folders: what broke off is garbage by then, and what counts is not. */
export async function sweepAll(databaseUrl: string, dataDir: string): Promise<void> {
  const config = readConfig({ DATA_DIR: dataDir });
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, databaseUrl), {
    logger: false,
  });
  try {
    const sweeper = context.get(SweepService);
    await sweeper.sweep(new Date(Date.now() + 2 * hoursMs));
    await sweeper.sweepOrphans(256);
  } finally {
    await context.close();
  }
}
