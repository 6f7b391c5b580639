import { Injectable } from '@nestjs/common';
import { Clock } from '../database/clock.js';
import { type Message, Outbound } from '../outbound/outbound.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { AlertDeliveryService, type Dispatch } from './alert-delivery.service.js';
import { signed } from './signature.js';

/** take → sign → send → record */
@Injectable()
export class DeliverAlertJob implements JobHandler<'deliver-alert'> {
  readonly job = 'deliver-alert';

  constructor(
    private readonly deliveries: AlertDeliveryService,
    private readonly outbound: Outbound,
    private readonly clock: Clock,
  ) {}

  async run({ deliveryId }: Jobs['deliver-alert'], { signal }: JobContext): Promise<void> {
    const dispatch = await this.deliveries.begin(deliveryId);
    if (dispatch === null) return;
    const sent = await this.outbound.post(messageOf(dispatch, this.clock.now()), signal);
    // This worker has to stop: the receiver may have got it or not.
    if (sent.failure === 'aborted') await this.deliveries.replace(dispatch.delivery);
    else await this.deliveries.record(dispatch, sent);
  }
}

function messageOf({ alert }: Dispatch, now: Date): Message {
  const { id, url, secret, mediaType, body } = alert;
  const headers = { 'Content-Type': mediaType, 'User-Agent': 'Darkroom', ...signed({ id, body, secret }, now) };
  return { url, headers, body };
}
