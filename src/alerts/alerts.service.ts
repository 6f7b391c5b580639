import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { type Alert, type Delivery, type NewAlert } from './alert.js';
import { type AlertFilter, AlertsRepository } from './alerts.repository.js';

/** What callers, and the nouns that alerts speak of, do with them. What workers do: alert-delivery.service.ts. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly alerts: AlertsRepository,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** In the transaction of what is announced: either both are there, or none is. Kept as long as a task may be. */
  announce(tx: EntityManager, alert: NewAlert): Promise<void> {
    return this.alerts.announce(tx, alert, new Date(this.clock.now().getTime() + this.config.TASK_TTL * 1000));
  }

  find(owner: string, id: string): Promise<Alert | null> {
    return this.alerts.find({ owner, id });
  }

  async list(filter: AlertFilter, keyset: Keyset): Promise<Page<Alert>> {
    return pageOf(await this.alerts.list(filter, keyset), keyset);
  }

  /** null where there is no such alert. */
  async listDeliveries(owner: string, id: string, keyset: Keyset): Promise<Page<Delivery> | null> {
    if ((await this.alerts.find({ owner, id })) === null) return null;
    return pageOf(await this.alerts.listDeliveries(id, keyset), keyset);
  }

  async findDelivery(owner: string, alertId: string, number: number): Promise<Delivery | null> {
    if ((await this.alerts.find({ owner, id: alertId })) === null) return null;
    return this.alerts.findDelivery({ alertId, number });
  }

  /** The delivery that an invocation of resend has made. */
  async findResent(owner: string, alertId: string, id: string, tx?: EntityManager): Promise<Delivery | null> {
    if ((await this.alerts.find({ owner, id: alertId }, tx)) === null) return null;
    const delivery = await this.alerts.findDelivery({ id }, tx);
    return delivery?.alertId === alertId ? delivery : null;
  }

  /** One more delivery of the same alert, at once, whatever became of it before. false where there is no such alert. */
  async resend(tx: EntityManager, owner: string, alertId: string, id: string): Promise<boolean> {
    const alert = await this.alerts.lock(tx, alertId);
    if (alert?.owner !== owner) return false;
    await this.alerts.addDelivery(tx, { id, alertId, cause: 'resend', scheduledAt: this.clock.now() });
    return true;
  }
}
