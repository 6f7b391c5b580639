import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../database/clock.js';
import { Metrics } from '../metrics/metrics.js';
import { type Message, Outbound } from '../outbound/outbound.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { type Attempted } from './alert.js';
import { AlertDeliveryService, type Dispatch } from './alert-delivery.service.js';
import { Sealing, Unsealable } from './sealing.js';
import { signed } from './signature.js';

/** Tried again like a receiver that is away: the key may be put back. */
const unreadable: Attempted = { failure: 'secret-unreadable', durationMs: 0 };

/** take → sign → send → record */
@Injectable()
export class DeliverAlertJob implements JobHandler<'deliver-alert'> {
  readonly job = 'deliver-alert';
  private readonly logger = new Logger('alerts');

  constructor(
    private readonly deliveries: AlertDeliveryService,
    private readonly outbound: Outbound,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly sealing: Sealing,
  ) {}

  async run({ deliveryId }: Jobs['deliver-alert'], { signal }: JobContext): Promise<void> {
    const dispatch = await this.deliveries.begin(deliveryId);
    if (dispatch === null) return;
    const message = this.messageOf(dispatch);
    const sent: Attempted = message === null ? unreadable : await this.outbound.post(message, signal);
    this.metrics.delivery(sent.failure ?? `${String(sent.status).slice(0, 1)}xx`);
    // This worker has to stop: the receiver may have got it or not.
    if (sent.failure === 'aborted') await this.deliveries.replace(dispatch.delivery);
    else await this.deliveries.record(dispatch, sent);
  }

  /** null where the secret cannot be read: what was to be signed is not sent unsigned. */
  private messageOf({ alert: { id, url, secret: sealed, mediaType, body } }: Dispatch): Message | null {
    try {
      const secret = sealed === null ? null : this.sealing.open(sealed);
      const signature = signed({ id, body, secret }, this.clock.now());
      return { url, body, headers: { 'Content-Type': mediaType, 'User-Agent': 'Darkroom', ...signature } };
    } catch (error) {
      if (!(error instanceof Unsealable)) throw error;
      this.logger.error(`Alert ${id} is not delivered. ${error.message}`);
      return null;
    }
  }
}
