import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type CallOptions, Client, formData, type Reply } from './support/client.js';
import { png } from './support/pictures.js';
import { Service } from './support/service.js';

/** How many bytes of a message are let through, by the lengths of its head and its body. */
type Allowance = (head: number, body: number) => number;

/** Where a connection is cut; everything before goes through. */
interface Cut {
  request?: Allowance;
  answer?: Allowance;
  laterMs?: number;
  /** Cut towards the client alone: the service hears nothing of it. */
  clientOnly?: boolean;
}

const whole: Allowance = (head, body) => head + body;
const moments: [string, Cut][] = [
  ['after the head of the request', { request: (head) => head }],
  ['after half of the body', { request: (head, body) => head + Math.floor(body / 2) }],
  ['before the last byte of the body', { request: (head, body) => head + body - 1 }],
  ['after the whole request', { request: whole }],
  ['after the whole request, unheard by the service', { request: whole, clientOnly: true }],
  ['a moment after the whole request', { request: whole, laterMs: 2 }],
  ['before the first byte of the answer', { answer: () => 0 }],
  ['after the first byte of the answer', { answer: () => 1 }],
  ['after the head of the answer', { answer: (head) => head }],
  ['before the last byte of the answer', { answer: (head, body) => head + body - 1 }],
];

/** A way to the service that cuts the next connection where it is told to. */
class CuttingProxy {
  next: Cut = {};
  private readonly server: Server;

  constructor(port: number) {
    this.server = createServer((client) => {
      const { request = () => Infinity, answer = () => Infinity, laterMs, clientOnly = false } = this.next;
      this.next = {};
      const service = connect(port, '127.0.0.1');
      const end = (): void => {
        client.destroy();
        if (!clientOnly) service.destroy();
      };
      const cut = (): unknown => (laterMs === undefined ? end() : setTimeout(end, laterMs));
      for (const socket of [client, service]) socket.on('error', end).on('close', end);
      relay(client, service, request, cut);
      relay(service, client, answer, cut);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }
}

function relay(from: Socket, to: Socket, allowance: Allowance, cut: () => unknown): void {
  let bytes = Buffer.alloc(0);
  let sent = 0;
  from.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const head = bytes.indexOf('\r\n\r\n') + 4;
    if (head < 4 || to.destroyed) return;
    const length = /^content-length: (\d+)/im.exec(bytes.toString('latin1', 0, head))?.[1];
    const allowed = allowance(head, Number(length ?? 0));
    const part = bytes.subarray(sent, allowed);
    sent += part.length;
    to.write(part, () => (sent >= allowed ? cut() : undefined));
  });
}

let service: Service;
let proxy: CuttingProxy;
let client: Client;
let database: pg.Client;

beforeAll(async () => {
  service = await Service.start();
  proxy = new CuttingProxy(Number(new URL(service.client.origin).port));
  client = new Client(await proxy.listen());
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  proxy.close();
  await service.stop();
});

let seed = 0;
const picture = (): Promise<Buffer> => png({ width: 16, height: 16, seed: (seed += 1) });
const count = async (sql: string, value: string): Promise<number> =>
  Number((await database.query<{ count: string }>(`select count(*) from ${sql}`, [value])).rows[0]?.count);
const idOf = (uri: string | undefined): string => uri?.split('/').at(-1) ?? '';
const sha256 = (bytes: Buffer, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash('sha256').update(bytes).digest(encoding);

/** What a client wants to have done once, and how it is seen afterwards that it was. */
interface Wish {
  /** The collection or controller. */
  path: string;
  content: Required<Pick<CallOptions, 'headers' | 'body'>>;
  first: 201 | 202;
  /** How often it was done, by the rows of it. */
  done: () => Promise<number>;
  /** What its answer is about. */
  subject: (reply: Reply) => string;
}

const anImage = async (): Promise<Wish> => {
  const body = await picture();
  const done = () => count('images where digest = $1', sha256(body));
  const subject = ({ json }: Reply): string => json.id;
  return { path: '/images', content: { headers: { 'Content-Type': 'image/png' }, body }, first: 201, done, subject };
};

const aTask = async (): Promise<Wish> => {
  const bytes = await picture();
  const image = { filename: 'a.png', mediaType: 'image/png', bytes };
  const { contentType, body } = formData({ task: '{"operations":[{"operation":"flip"}]}', image });
  const done = async (): Promise<number> => {
    const tasks = await count('tasks where image_digest = $1', sha256(bytes));
    expect(await count('images where digest = $1', sha256(bytes))).toBe(tasks);
    const jobs = `graphile_worker._private_jobs where payload->>'taskId' in
      (select id::text from tasks where image_digest = $1)`;
    expect(await count(jobs, sha256(bytes))).toBe(tasks);
    return tasks;
  };
  const subject = ({ json }: Reply): string => json.id;
  return {
    path: '/images/tasks',
    content: { headers: { 'Content-Type': contentType }, body },
    first: 202,
    done,
    subject,
  };
};

const anInvocation = async (): Promise<Wish> => {
  const { content, path } = await aTask();
  const task = (await service.client.call('POST', path, content)).headers.location;
  expect((await service.client.call('POST', `${task}/cancel`)).status).toBe(200);
  const done = async (): Promise<number> => {
    const invocations = await count('invocations where controller = $1', `/images/tasks/${idOf(task)}/retry`);
    expect(await count('tasks where round = 1 and id = $1', idOf(task))).toBe(invocations);
    return invocations;
  };
  const headers = { 'Content-Type': 'application/json' };
  return {
    path: `/images/tasks/${idOf(task)}/retry`,
    content: { headers, body: '{"reason":"again"}' },
    first: 202,
    done,
    subject: ({ json }) => json.id,
  };
};

const wishes = { 'an image': anImage, 'a task': aTask, 'an invocation': anInvocation };
const kinds = Object.entries(wishes);

const mint = async (path: string): Promise<string> =>
  new URL((await service.client.post('/reservations', { for: path })).headers.location ?? '').pathname;

/** Sends it, cut at that moment, and then again until there is an answer: 409 says that the first is still at work. */
async function insist(cut: Cut, send: () => Promise<Reply>): Promise<Reply> {
  proxy.next = cut;
  await expect(send()).rejects.toThrow();
  for (;;) {
    const reply = await send();
    if (reply.status !== 409 || !/idempotency-key-in-use/.test(reply.text)) return reply;
    await sleep(20);
  }
}

describe.each(kinds)('%s whose answer got lost', (_kind, wish) => {
  test.each(moments)('is there once, by POST and PUT: cut %s', async (_moment, cut) => {
    const { path, content, first, done, subject } = await wish();
    const target = await mint(path);
    const reply = await insist(cut, () => client.call('PUT', target, content));
    expect([200, first]).toContain(reply.status);
    const again = await client.call('PUT', target, content);
    expect([again.status, again.json]).toEqual([200, { ...reply.json, ...timesOf(again) }]);
    expect(subject(again)).toBe(path.includes('retry') ? path.split('/')[3] : idOf(target));
    expect(await done()).toBe(1);
  });

  test.each(moments)('is there once, by Idempotency-Key: cut %s', async (_moment, cut) => {
    const { path, content, first, done, subject } = await wish();
    const keyed = { ...content, headers: { ...content.headers, 'Idempotency-Key': `"${randomUUID()}"` } };
    const reply = await insist(cut, () => client.call('POST', path, keyed));
    const again = await client.call('POST', path, keyed);
    expect([reply.status, again.status]).toEqual([first, first]);
    expect([again.headers.location, again.json]).toEqual([reply.headers.location, reply.json]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(idOf(reply.headers.location)).toBe(subject(reply));
    expect(await done()).toBe(1);
  });
});

/** What of a representation follows the clock. */
const timesOf = ({ json }: Reply): object => ('estimate' in json ? { estimate: json.estimate } : {});

test('nothing of what was cut stays on disk', async () => {
  const blobs = join(service.dataDir, 'blobs');
  while ((await readdir(join(blobs, 'incoming'))).length > 0) await sleep(20);
  const stored = (await readdir(blobs, { recursive: true })).map(idOf).filter((name) => name.length === 64);
  const { rows } = await database.query<{ digest: string }>('select distinct digest from images');
  expect(stored.sort()).toEqual(rows.map(({ digest }) => digest).sort());
});

describe.each(kinds)('%s that is PUT twenty times at once', (_kind, wish) => {
  const twenty = (target: string, content: Wish['content']) =>
    Promise.all(Array.from({ length: 20 }, () => service.client.call('PUT', target, content)));
  const statuses = (replies: Reply[]): number[] => replies.map(({ status }) => status).sort();

  test('is there once: one creates, nineteen are told the same', async () => {
    const { path, content, first, done, subject } = await wish();
    const replies = await twenty(await mint(path), content);
    expect(statuses(replies)).toEqual([...Array<number>(19).fill(200), first]);
    expect(new Set(replies.map(subject)).size).toBe(1);
    expect(await done()).toBe(1);
  });

  test('is there once where only the first may succeed: nineteen get 412, and can tell what is there', async () => {
    const { path, content, first, done } = await wish();
    const only = { ...content, headers: { ...content.headers, 'If-None-Match': '*' } };
    const replies = await twenty(await mint(path), only);
    expect(statuses(replies)).toEqual([first, ...Array<number>(19).fill(412)]);
    for (const { headers } of replies.filter(({ status }) => status === 412)) {
      expect(headers.etag).toMatch(/^"/);
      const sent = `sha-256=:${sha256(Buffer.from(content.body as Buffer), 'base64')}:`;
      if (path === '/images') expect(headers['repr-digest']).toBe(sent);
      else expect(headers['repr-digest']).toMatch(/^sha-256=:.+:$/);
    }
    expect(await done()).toBe(1);
  });
});
