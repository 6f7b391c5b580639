import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InvocationEntity } from '../controllers/invocation.entity.js';
import { ImageEntity } from '../images/image.entity.js';
import { ReservationEntity } from '../reservations/reservation.entity.js';
import { TaskEntity } from '../tasks/task.entity.js';

/** Connections a process holds at most: a server of 100 connections carries a handful of processes. */
const poolSize = 12;

/** A request waits so long for a connection before it is told that the database does not answer, ms. */
const connectTimeoutMs = 2_000;

/** The schema is made by migrations alone: `synchronize` would guess. */
export function dataSource(url: string, applicationName: string): DataSource {
  const logger = new Logger('database');
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    // A connection that breaks while idle is replaced; without a handler it would end the process.
    poolErrorHandler: (error: Error) => logger.warn(`a connection broke: ${error.message}`),
    entities: [ImageEntity, TaskEntity, ReservationEntity, InvocationEntity],
    synchronize: false,
    migrationsRun: false,
  });
}
