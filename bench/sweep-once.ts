import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { readConfig } from '../src/read-config.js';
import { SweepService } from '../src/garbage/sweep.service.js';
import { WorkerModule } from '../src/worker.module.js';
import { median } from './statistics.js';

// A program: sweep-once.js DATABASE_URL DATA_DIR TIMES. It sweeps so often, as a worker does, and times the sweeps.

async function main([databaseUrl = '', dataDir = '', times = '1']: string[]): Promise<void> {
  const config = readConfig({ DATA_DIR: dataDir });
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, databaseUrl), {
    logger: false,
  });
  const sweeper = context.get(SweepService);
  const seconds: number[] = [];
  let reservations = 0;
  while (seconds.length < Number(times)) {
    const started = performance.now();
    reservations += (await sweeper.sweep(new Date())).reservations;
    seconds.push((performance.now() - started) / 1000);
  }
  await context.close();
  console.log(
    JSON.stringify({ reservations, seconds: seconds.reduce((sum, each) => sum + each, 0), median: median(seconds) }),
  );
}

await main(process.argv.slice(2));
