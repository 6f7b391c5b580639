import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { callbackSchedule, Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { type Alert, type Attempted, delayAfter, type Delivery, type Verdict, verdictOf } from './alert.js';
import { AlertsRepository } from './alerts.repository.js';

/** One delivery that is to be made now. */
export interface Dispatch {
  alert: Alert;
  delivery: Delivery;
}

const interrupted: Attempted = { failure: 'interrupted', durationMs: 0 };

/** What workers do with alerts. Every step is a compare-and-set on the delivery: each is sent once at most. */
@Injectable()
export class AlertDeliveryService {
  constructor(
    private readonly alerts: AlertsRepository,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * waiting → running. null where there is nothing to be sent: it is at its end, or was running when its process died;
   * then another delivery takes its place, since nobody knows whether the receiver has got it.
   */
  async begin(id: string): Promise<Dispatch | null> {
    const begun = await this.alerts.begin(id);
    const delivery = await this.alerts.findDelivery({ id });
    if (delivery === null) return null;
    if (!begun) {
      if (delivery.state === 'running') await this.replace(delivery);
      return null;
    }
    const alert = await this.alerts.find({ id: delivery.alertId });
    return alert && { alert, delivery };
  }

  /** The delivery broke off: one like it follows at once. */
  async replace({ id, alertId, cause }: Delivery): Promise<void> {
    await this.alerts.transaction(async (tx) => {
      await this.alerts.lock(tx, alertId);
      if (!(await this.alerts.end(tx, id, false, interrupted))) return;
      await this.alerts.addDelivery(tx, { id: randomUUIDv7(), alertId, cause, scheduledAt: this.clock.now() });
    });
  }

  /** running → succeeded or failed, and what follows from it for the alert, in one transaction. */
  async record({ alert: sent, delivery }: Dispatch, attempted: Attempted): Promise<void> {
    const verdict = verdictOf(attempted);
    await this.alerts.transaction(async (tx) => {
      await this.alerts.lockUrl(tx, sent);
      const alert = await this.alerts.lock(tx, sent.id);
      if (alert === null || !(await this.alerts.end(tx, delivery.id, verdict === 'delivered', attempted))) return;
      await this.conclude(tx, { alert, delivery }, attempted, verdict);
    });
  }

  /** Takes away up to `limit` whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.alerts.sweep(now, limit);
  }

  private async conclude(
    tx: EntityManager,
    { alert, delivery }: Dispatch,
    attempted: Attempted,
    verdict: Verdict,
  ): Promise<void> {
    switch (verdict) {
      case 'delivered':
        await this.alerts.succeed(tx, alert.id);
        return this.alerts.reopen(tx, alert);
      case 'gone':
        return this.alerts.close(tx, alert);
      case 'again':
        // A resend is one attempt; the schedule of the alert goes on beside it.
        return alert.state === 'pending' && delivery.cause !== 'resend'
          ? this.tryAgain(tx, alert, attempted)
          : undefined;
      default:
        return verdict satisfies never;
    }
  }

  private async tryAgain(tx: EntityManager, { id: alertId }: Alert, attempted: Attempted): Promise<void> {
    const now = this.clock.now();
    const failures = await this.alerts.countFailures(tx, alertId);
    const schedule = callbackSchedule(this.config);
    const delay = delayAfter(attempted, schedule, failures, { random: Math.random(), now });
    if (delay === null) return this.alerts.fail(tx, alertId, 'exhausted');
    const scheduledAt = new Date(now.getTime() + delay * 1000);
    await this.alerts.addDelivery(tx, { id: randomUUIDv7(), alertId, cause: 'retry', scheduledAt });
  }
}
