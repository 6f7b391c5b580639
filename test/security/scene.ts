import { png } from '../support/pictures.js';
import { type CallOptions, type Reply } from '../support/client.js';
import { Service } from '../support/service.js';
import { storeText } from '../support/a-text.js';
import { GuardedScene } from './guarded-scene.js';
import { NarrowScene } from './narrow-scene.js';
import { plain, raw } from './as-it-is.js';

/** A service with a worker, open to its machine, and an image in it; and beside it two that are set up otherwise. */
export class Scene {
  private constructor(
    readonly service: Service,
    readonly imageId: string,
    readonly textId: string,
    readonly guarded: GuardedScene,
    readonly narrow: NarrowScene,
  ) {}

  static async open(): Promise<Scene> {
    const service = await Service.start({
      worker: true,
      environment: { RESERVATIONS_MAX: '20', UPLOAD_BYTES_MAX: '2000000' },
    });
    const image = await service.store(await png(), 'image/png');
    const text = await storeText(service.database.url);
    return new Scene(service, image, text, await GuardedScene.open(), await NarrowScene.open());
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
  plain(method: string, target: string): Promise<Reply> {
    return plain(this.origin, method, target);
  }

  /** Bytes as they are. */
  raw(text: string): Promise<string> {
    return raw(this.origin, text);
  }

  get origin(): string {
    return this.service.client.origin;
  }

  async stop(): Promise<void> {
    await this.narrow.stop();
    await this.guarded.stop();
    await this.service.stop();
  }

  /** IMAGE and TEXT stand for what is there. */
  private named(text: string): string {
    return text.replaceAll('{image}', this.imageId).replaceAll('{text}', this.textId);
  }
}
