import { jpeg } from './pictures.js';
import { type Client, type Reply } from './client.js';
import { type Behaviour, Receiver } from './receiver.js';
import { Service } from './service.js';

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
export const flip = [{ operation: 'flip' }];

/** A service with a worker, an image in it, and a receiver of its callbacks. Failures are tried again at once, three times. */
export class CallbackScene {
  private paths = 0;

  private constructor(
    readonly service: Service,
    public receiver: Receiver,
    readonly image: string,
  ) {}

  static async open(): Promise<CallbackScene> {
    const receiver = await Receiver.start();
    const environment = {
      CALLBACK_PRIVATE_ADDRESSES: 'allow',
      CALLBACK_RETRY_SECONDS: '0,0,0',
      CALLBACK_SECONDS_MAX: '1',
    };
    const service = await Service.start({ worker: true, environment });
    return new CallbackScene(service, receiver, await service.store(await jpeg()));
  }

  get client(): Client {
    return this.service.client;
  }

  /** A URL of its own for each test. */
  listening(behaviour: Behaviour): { path: string; url: string } {
    const path = `/${(this.paths += 1)}`;
    return { path, url: this.receiver.at(path, behaviour) };
  }

  /** @returns the URI of a task that was accepted */
  async accept(callback: object, operations: object[] = flip): Promise<string> {
    const reply = await this.client.post('/images/tasks', { image: this.image, operations, callback });
    if (reply.status !== 202) throw new Error(`${reply.status}: ${reply.text}`);
    return reply.headers.location ?? '';
  }

  async alertsOf(task: string): Promise<Reply['json'][]> {
    return (await this.client.get(`/alerts?task=${task.split('/').at(-1)}`)).json.items;
  }

  /** The alert of a task when nothing more is to happen to it. */
  async settled(task: string): Promise<Reply['json']> {
    for (;;) {
      const [alert] = await this.alertsOf(task);
      if (alert !== undefined && alert.state !== 'pending') return alert;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Oldest first. */
  async deliveriesOf(alert: Reply['json']): Promise<Reply['json'][]> {
    return (await this.client.get(alert.links.deliveries)).json.items.reverse();
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.receiver.stop();
  }
}
