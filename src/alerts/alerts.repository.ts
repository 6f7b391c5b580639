import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { addJobsSql } from '../queue/jobs.js';
import {
  type Alert,
  type AlertFailure,
  type AlertState,
  type Attempted,
  type Delivery,
  type NewAlert,
} from './alert.js';
import { AlertEntity } from './alert.entity.js';
import { DeliveryEntity } from './delivery.entity.js';

export interface AlertFilter {
  owner: string;
  state?: AlertState;
  task?: string;
}

export type NewDelivery = Pick<Delivery, 'id' | 'alertId' | 'cause' | 'scheduledAt'>;

/** Trouble around a delivery, no database say, is waited out for three days. */
const deliveryTries = 25;

/**
 * Deliveries that are on their way at once, at most: those of an owner, so that one whose receivers all hang leaves others half of a
 * worker's places, and those to one host, so that one that hangs leaves its owner's other hosts half of theirs.
 */
const lanes = { ofOwner: 8, ofHost: 4 };

/** A lane of the owner, which has a name each: one of those that follow each other from where its host's begin. */
const laneSql = `(abs(hashtext(split_part(url, '/', 3))::bigint) + floor(random() * ${lanes.ofHost})::bigint) % ${lanes.ofOwner}`;

/** The job of each row of `added`, which has id, scheduled_at, owner and url. */
const jobsSql = addJobsSql('deliver-alert', "json_build_object('deliveryId', id)", 'added', {
  runAt: 'scheduled_at',
  queue: `'callback ' || md5(owner) || ' ' || ${laneSql}`,
  tries: deliveryTries,
});

/** To a URL that was closed nothing is delivered: the alert is on record, and can be resent. */
const announceSql = `
  with closed as (select from closed_callbacks where owner = $2 and md5(url) = md5($6)
  ), alert as (
    insert into alerts (id, owner, task_id, round, type, url, secret, media_type, body, expires_at,
                        state, failure, completed_at)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
           case when is_closed then 'failed' else 'pending' end,
           case when is_closed then 'gone' end, case when is_closed then now() end
    from (select exists (select from closed) as is_closed) as state
    returning id, owner, url, state
  ), delivery as (
    insert into deliveries (id, alert_id, number, cause, scheduled_at)
    select $11, id, 1, 'event', now() from alert where state = 'pending'
    returning id, alert_id, scheduled_at
  ), added as (
    select delivery.id, scheduled_at, owner, url from delivery join alert on alert.id = alert_id
  ) ${jobsSql}`;

const addDeliverySql = `
  with delivery as (
    insert into deliveries (id, alert_id, number, cause, scheduled_at)
    select $1, $2, coalesce(max(number), 0) + 1, $3, $4 from deliveries where alert_id = $2
    returning id, alert_id, scheduled_at
  ), added as (
    select delivery.id, scheduled_at, owner, url from delivery join alerts on alerts.id = alert_id
  ) ${jobsSql}`;

/** All SQL on alerts and their deliveries. */
@Injectable()
export class AlertsRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** Records an alert with its first delivery and that one's job. A second one of the same end breaks the transaction. */
  async announce(tx: EntityManager, alert: NewAlert, expiresAt: Date): Promise<void> {
    const { owner, taskId, round, type, url, secret, mediaType, body } = alert;
    const [id, deliveryId] = [randomUUIDv7(), randomUUIDv7()];
    await tx.query(announceSql, [
      ...[id, owner, taskId, round, type, url, secret, mediaType, body],
      ...[expiresAt, deliveryId],
    ]);
  }

  find(where: { owner?: string; id: string }, tx?: EntityManager): Promise<Alert | null> {
    return this.alerts(tx).findOneBy(where);
  }

  /** One at a time, and before any row: a 410 touches all alerts of its URL, and others are concluded meanwhile. */
  async lockUrl(tx: EntityManager, { owner, url }: Pick<Alert, 'owner' | 'url'>): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 3))', [`${owner} ${url}`]);
  }

  /** Whoever holds the row decides what follows a delivery. */
  lock(tx: EntityManager, where: { owner?: string; id: string }): Promise<Alert | null> {
    return this.alerts(tx).findOne({ where, lock: { mode: 'pessimistic_write' } });
  }

  list(filter: AlertFilter, keyset: Keyset): Promise<Alert[]> {
    const query = this.alerts().createQueryBuilder('alert').where('alert.owner = :owner', filter);
    if (filter.state !== undefined) query.andWhere('alert.state = :state', filter);
    if (filter.task !== undefined) query.andWhere('alert.taskId = :task', filter);
    return newestFirst(query, keyset).getMany();
  }

  listDeliveries(alertId: string, keyset: Keyset): Promise<Delivery[]> {
    const query = this.deliveries().createQueryBuilder('delivery').where('delivery.alertId = :alertId', { alertId });
    return newestFirst(query, keyset).getMany();
  }

  findDelivery(
    where: { alertId: string; number: number } | { id: string },
    tx?: EntityManager,
  ): Promise<Delivery | null> {
    return this.deliveries(tx).findOneBy(where);
  }

  /** The next delivery of an alert, and its job. The alert's row is to be locked: it is what numbers them. */
  async addDelivery(tx: EntityManager, { id, alertId, cause, scheduledAt }: NewDelivery): Promise<void> {
    await tx.query(addDeliverySql, [id, alertId, cause, scheduledAt]);
  }

  /** waiting → running. false where it is not waiting (any more). */
  async begin(id: string): Promise<boolean> {
    const { affected } = await this.deliveries().update(
      { id, state: 'waiting' },
      { state: 'running', startedAt: () => 'now()' },
    );
    return affected === 1;
  }

  /** running → succeeded or failed. false where another has ended it. */
  async end(tx: EntityManager, id: string, succeeded: boolean, attempted: Attempted): Promise<boolean> {
    const { status = null, failure = null, durationMs } = attempted;
    const { affected } = await this.deliveries(tx).update(
      { id, state: 'running' },
      { state: succeeded ? 'succeeded' : 'failed', completedAt: () => 'now()', status, failure, durationMs },
    );
    return affected === 1;
  }

  /** How often the schedule's own deliveries have failed; what was interrupted is nobody's failure. */
  countFailures(tx: EntityManager, alertId: string): Promise<number> {
    return this.deliveries(tx)
      .createQueryBuilder('delivery')
      .where("delivery.alertId = :alertId and delivery.state = 'failed' and delivery.cause <> 'resend'", { alertId })
      .andWhere("delivery.failure is distinct from 'interrupted'")
      .getCount();
  }

  /** pending or failed → delivered; what still waits to be tried again is not needed. */
  async succeed(tx: EntityManager, id: string): Promise<void> {
    await tx.query(
      `update alerts set state = 'delivered', failure = null, completed_at = now() where id = $1 and state <> 'delivered'`,
      [id],
    );
    await this.cancelWaiting(tx, [id]);
  }

  async fail(tx: EntityManager, id: string, failure: AlertFailure): Promise<void> {
    await this.alerts(tx).update({ id, state: 'pending' }, { state: 'failed', failure, completedAt: () => 'now()' });
  }

  /** Nothing is delivered there any more, until a resend finds that the receiver is back. */
  async close(tx: EntityManager, { owner, url }: Pick<Alert, 'owner' | 'url'>): Promise<void> {
    await tx.query('insert into closed_callbacks (owner, url) values ($1, $2) on conflict do nothing', [owner, url]);
    const failed: [{ id: string }[], number] = await tx.query(
      `update alerts set state = 'failed', failure = 'gone', completed_at = now()
       where owner = $1 and md5(url) = md5($2) and state = 'pending' returning id`,
      [owner, url],
    );
    await this.cancelWaiting(
      tx,
      failed[0].map(({ id }) => id),
    );
  }

  async reopen(tx: EntityManager, { owner, url }: Pick<Alert, 'owner' | 'url'>): Promise<void> {
    await tx.query('delete from closed_callbacks where owner = $1 and md5(url) = md5($2)', [owner, url]);
  }

  /** @returns how many were deleted, their deliveries with them */
  async sweep(now: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(
      `with doomed as (
         select id from alerts where expires_at < $1 and state <> 'pending' order by expires_at limit $2
         for update skip locked
       ), swept as (
         delete from alerts where id = any(array(select id from doomed)) returning 1
       ) select count(*)::int as count from swept`,
      [now, limit],
    );
    return swept?.count ?? 0;
  }

  private async cancelWaiting(tx: EntityManager, alertIds: string[]): Promise<void> {
    await tx.query(
      `update deliveries set state = 'cancelled', completed_at = now()
       where alert_id = any($1) and state = 'waiting' and cause <> 'resend'`,
      [alertIds],
    );
  }

  private alerts(tx: EntityManager = this.source.manager) {
    return tx.getRepository(AlertEntity);
  }

  private deliveries(tx: EntityManager = this.source.manager) {
    return tx.getRepository(DeliveryEntity);
  }
}
