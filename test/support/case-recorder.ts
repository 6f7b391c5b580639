import { hash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Cases } from '../../src/guide/cases.js';
import { type Case, type CallbackStep, isCallback, type Step } from '../../src/guide/example.js';
import { contractRows } from '../../src/http/rows.js';
import { securityFields } from '../../src/http/security-headers.js';
import { storeText } from './a-text.js';
import { type Reply } from './client.js';
import { type Asked, contentOf, curlOf } from './curl.js';
import { jpeg } from './pictures.js';
import { type Received, Receiver } from './receiver.js';
import { Service } from './service.js';
import { StandIns } from './stand-ins.js';

export interface Exchange {
  request: string;
  answer: string;
}

/** What an answer says of its connection and moment, and to browsers each time, and not of its resource. */
const unshown = [
  ...['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'x-request-id'],
  ...[...securityFields({ https: false }).keys()].map((name) => name.toLowerCase()),
];
const spellings = new Map([
  ['etag', 'ETag'],
  ['content-md5', 'Content-MD5'],
]);

/** Asks a real service, with a real receiver of its callbacks, everything that the cases of the guide show. */
export class CaseRecorder {
  private constructor(
    private readonly service: Service,
    private readonly receiver: Receiver,
  ) {}

  static async open(): Promise<CaseRecorder> {
    const receiver = await Receiver.start();
    const environment = { CALLBACK_PRIVATE_ADDRESSES: 'allow', SWEEP_SECONDS: '3600' };
    return new CaseRecorder(await Service.start({ equalWork: true, environment }), receiver);
  }

  async record({ id, steps }: Case): Promise<Exchange[]> {
    const scene = new Scene(this.service, this.receiver, seedOf(id));
    await scene.prepare(JSON.stringify(steps));
    const exchanges: Exchange[] = [];
    for (const step of steps) {
      exchanges.push(isCallback(step) ? await scene.receive(step) : await scene.ask(step, id));
    }
    return exchanges;
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.receiver.stop();
  }
}

export function allOf({ successes, specified, practised }: Cases): Case[] {
  return [...successes, ...specified, ...practised];
}

/** Pictures of its own for each case, and the same ones each time. */
function seedOf(id: string): number {
  return Number.parseInt(hash('sha256', id).slice(0, 5), 16);
}

/** One case: what its names mean, and what stands for what is different each time. */
class Scene {
  private readonly names = new Map<string, string>();
  private readonly files = new Map<string, Buffer>();
  private readonly standIns: StandIns;

  constructor(
    private readonly service: Service,
    private readonly receiver: Receiver,
    private readonly seed: number,
  ) {
    this.names.set('receiver', receiver.urlOf(''));
    this.standIns = new StandIns({
      [service.client.origin]: 'http://localhost:3000',
      [receiver.urlOf('')]: 'http://localhost:4000',
    });
  }

  /** Makes what the steps speak of and none of them has made. */
  async prepare(steps: string): Promise<void> {
    for (const [index, file] of ['photo.jpg', 'another.jpg'].entries()) {
      this.files.set(file, await jpeg({ seed: this.seed + index }));
    }
    this.files.set('broken.jpg', Buffer.from('This is not an image.'));
    const speaksOf = (name: string): boolean => steps.includes(`{${name}}`) && !steps.includes(`"keep":"${name}"`);
    if (speaksOf('text')) this.names.set('text', await storeText(this.service.database.url));
    if (!speaksOf('image') && !speaksOf('task')) return;
    const image = await this.service.store(await jpeg({ seed: this.seed + 9 }));
    this.names.set('image', image);
    if (!speaksOf('task')) return;
    const order = { image: `/images/${image}`, operations: [{ operation: 'flip' }] };
    this.names.set('task', (await this.service.client.post('/images/tasks', order)).json.id);
  }

  async ask(step: Step, id: string): Promise<Exchange> {
    if (step.whenDone) await this.work();
    const method = methodOf(step);
    const asked = this.askedBy(step, method);
    const content = contentOf(asked, (file) => this.files.get(file) ?? Buffer.alloc(0));
    const reply = await this.service.client.call(method, asked.url, content);
    if (reply.status !== step.status) {
      throw new Error(
        `${id}: ${method} ${step.path} is to be answered ${step.status}, not ${reply.status}: ${reply.text}`,
      );
    }
    this.remember(step, reply);
    // curl takes the scheme for granted.
    const request = this.standIns.in(curlOf(asked)).replace('http://localhost:3000', 'localhost:3000');
    return { request, answer: this.standIns.in(textOf(reply)) };
  }

  /** The service calls: what came, and what the receiver has answered. */
  async receive({ callback, status }: CallbackStep): Promise<Exchange> {
    this.receiver.at(callback, (_received, response) => response.writeHead(status).end());
    await this.work();
    const [received] = await this.receiver.until(callback, 1);
    if (received === undefined) throw new Error(`nothing came to ${callback}`);
    const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
    return { request: this.standIns.in(messageOf(received)), answer };
  }

  private askedBy({ path, headers = {}, data, file, form = {} }: Step, method: string): Asked {
    const filled = (values: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.filled(value)]));
    return {
      method,
      url: this.service.client.origin + this.filled(path),
      headers: filled(headers),
      ...(data === undefined ? {} : { data: this.filled(data) }),
      ...(file === undefined ? {} : { file }),
      ...(Object.keys(form).length === 0 ? {} : { form: filled(form) }),
    };
  }

  /** Braces around one word of small letters: JSON has quotes there. */
  private filled(text: string): string {
    return text.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => {
      const value = this.names.get(name);
      if (value === undefined) throw new Error(`no step before has named {${name}}`);
      return value;
    });
  }

  private remember({ keep }: Step, { headers, text }: Reply): void {
    if (headers.etag !== undefined) this.names.set('etag', headers.etag);
    if (keep === undefined) return;
    const [, id] = /([0-9a-f-]{36})$/.exec(headers.location ?? '') ?? /"id":"([0-9a-f-]{36})"/.exec(text) ?? [];
    if (id === undefined) throw new Error(`nothing to be called {${keep}}`);
    this.names.set(keep, id);
  }

  /** Until nothing is left to be done or told. Only then: what is pending is shown as pending. */
  private async work(): Promise<void> {
    await this.service.startWorker();
    for (const list of ['/images/tasks?state=pending', '/alerts?state=pending']) {
      while ((await this.service.client.get(list)).json.items.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    await this.service.stopWorker();
  }
}

function methodOf({ operation }: Step): string {
  const row = contractRows().find(({ id }) => id === operation);
  if (row === undefined) throw new Error(`there is no operation ${operation}`);
  return row.method;
}

function textOf({ status, headers, text, bytes }: Reply): string {
  const fields = Object.entries(headers)
    .filter(([name]) => !unshown.includes(name))
    .map(([name, value]) => `${spelled(name)}: ${String(value)}`);
  const type = headers['content-type'] ?? '';
  const isText = /json|xml|^text/.test(type);
  const body = isText || bytes.length === 0 ? text.trim() : `(${type} …)`;
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...fields, ...(body === '' ? [] : ['', body])].join('\n');
}

function messageOf({ path, headers, body }: Received): string {
  const fields = Object.entries(headers).filter(([name]) => !unshown.includes(name));
  return [`POST ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', body].join('\n');
}

/** Field names as specifications write them: Node gives them in small letters. */
function spelled(name: string): string {
  return spellings.get(name) ?? name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
