import { png } from '../support/pictures.js';
import { type CallOptions, type Reply } from '../support/client.js';
import { Service } from '../support/service.js';
import { bytesOf } from '../fuzz/message.js';
import { ask, hear } from '../fuzz/wire.js';
import { storeText } from '../support/a-text.js';

/** A service with a worker, and an image in it. */
export class Scene {
  private constructor(
    readonly service: Service,
    readonly imageId: string,
    readonly textId: string,
  ) {}

  static async open(): Promise<Scene> {
    const service = await Service.start({
      worker: true,
      environment: { RESERVATIONS_MAX: '20', UPLOAD_BYTES_MAX: '2000000' },
    });
    return new Scene(service, await service.store(await png(), 'image/png'), await storeText(service.database.url));
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    return this.service.client.call(method, this.named(path), options);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call('GET', path, { headers });
  }

  /** JSON: an object, or text that may be none. */
  post(path: string, body: object | string | Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.call('POST', path, {
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof text === 'string' ? this.named(text) : text,
    });
  }

  /** A task that works on the stored image. */
  task(task: object): Promise<Reply> {
    return this.post('/images/tasks', { image: this.imageId, operations: [{ operation: 'flip' }], ...task });
  }

  /** A request whose target goes out as it is. */
  async plain(method: string, target: string): Promise<Reply> {
    const message = { method, target, headers: [], body: Buffer.alloc(0) };
    const reply = await ask(this.origin, method, bytesOf(message, new URL(this.origin).host));
    if (reply === undefined) throw new Error(`${method} ${target} was not answered.`);
    return reply;
  }

  /** Bytes as they are. @returns the statuses that came back, in order, and the problem that is told */
  async raw(text: string): Promise<string> {
    const bytes = Buffer.from(text.replaceAll('HOST', new URL(this.origin).host), 'latin1');
    const heard = await hear(this.origin, bytes, 1_500);
    const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
    const slug = /\/problems\/([a-z-]+)/.exec(heard)?.[1];
    if (statuses.length === 0) return 'closed';
    return slug === undefined ? statuses.join(', ') : `${statuses.join(', ')} ${slug}`;
  }

  get origin(): string {
    return this.service.client.origin;
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** IMAGE and TEXT stand for what is there. */
  private named(text: string): string {
    return text.replaceAll('{image}', this.imageId).replaceAll('{text}', this.textId);
  }
}
