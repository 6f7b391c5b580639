import { Logger } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { AlertEntity } from '../alerts/alert.entity.js';
import { DeliveryEntity } from '../alerts/delivery.entity.js';
import { InvocationEntity } from '../controllers/invocation.entity.js';
import { ImageEntity } from '../images/image.entity.js';
import { NoteEntity } from '../notes/note.entity.js';
import { QueryEntity } from '../queries/query.entity.js';
import { ReservationEntity } from '../reservations/reservation.entity.js';
import { TaskEntity } from '../tasks/task.entity.js';
import { TextEntity } from '../texts/text.entity.js';
import { type Pulse } from './pulse.js';

/** Connections a process holds at most: a server of 100 connections carries a handful of processes. */
const poolSize = 12;

/** A request waits so long for a connection before it is told that the database does not answer, ms. */
const connectTimeoutMs = 2_000;

/** A server that has stopped answering is a lost connection, ms. No statement of a request comes near it. */
const queryTimeoutMs = 10_000;

/**
 * Planned as the tables are now. Functions keep their plans per connection: one that was made while the queue was short goes
 * through the whole of it later, with each job that is added.
 */
const plannedNow = '-c plan_cache_mode=force_custom_plan';

/** An error between its checkout and TypeORM's own listener would end the process; the next query tells of it anyway. */
class GuardedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** What every connection is given that work waits on. */
export function guarded(pulse: Pulse | undefined) {
  return {
    Client: GuardedClient,
    query_timeout: queryTimeoutMs,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    ...(pulse && { stream: pulse.socket }),
  };
}

/** The schema is made by migrations alone: `synchronize` would guess. */
export function dataSource(url: string, applicationName: string, pulse?: Pulse): DataSource {
  const logger = new Logger('database');
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    poolSize,
    extra: { ...guarded(pulse), options: plannedNow },
    // A connection that breaks while idle is replaced; without a handler it would end the process.
    poolErrorHandler: (error: Error) => logger.warn(`a connection broke: ${error.message}`),
    entities: [
      ...[ImageEntity, NoteEntity, TextEntity, QueryEntity, TaskEntity],
      ...[ReservationEntity, InvocationEntity, AlertEntity, DeliveryEntity],
    ],
    synchronize: false,
    migrationsRun: false,
  });
}
