import { type Client } from '../support/client.js';
import { jpeg } from '../support/pictures.js';
import { Service } from '../support/service.js';

/** Small enough to be reached at once. What is counted by owner is tried by one who does nothing else. */
const environment = {
  ...{ RATE_REQUESTS_MAX: '20', RATE_SECONDS: '3600', AUTH_FAILURES_MAX: '3', PROXY_HOPS: '1' },
  ...{ QUEUE_TASKS_MAX_PER_OWNER: '3', QUEUE_TASKS_MAX: '5', RESERVATIONS_MAX: '2', STREAMS_MAX_PER_OWNER: '2' },
  ...{ STORAGE_BYTES_MAX_PER_OWNER: '20000', UPLOAD_BYTES_MAX: '15000' },
  ...{ HEADERS_SECONDS_MAX: '1', BODY_SECONDS_MAX: '1', BODY_BYTES_PER_SECOND_MIN: '1000', CONNECTIONS_MAX: '60' },
};

/** A service of narrow limits, behind a proxy, without a worker. */
export class NarrowScene {
  private constructor(readonly service: Service) {}

  static async open(): Promise<NarrowScene> {
    const service = await Service.start({ environment });
    // From now on nobody is let in without a key.
    await service.token();
    return new NarrowScene(service);
  }

  /** Somebody who was never here before. */
  owner(name: string): Promise<Client> {
    return this.service.key({ owner: name });
  }

  /** The body of a task for an image that is the owner's. */
  async task(client: Client): Promise<object> {
    const stored = await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' });
    return { image: stored.json.id, operations: [{ operation: 'flip' }] };
  }

  get origin(): string {
    return this.service.client.origin;
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}
