import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { jpeg, png } from '../support/pictures.js';
import { answer, Receiver } from '../support/receiver.js';
import { Service } from '../support/service.js';

/** The clock of the API and of its worker jumps; that of the database, by which things end, does not. */

const day = 24 * 60 * 60 * 1000;
const jumps = { 'three days ahead': 3 * day, 'an hour back': -day / 24 };

const RealDate = Date;
/** Everything that asks what time it is, and says nothing else, is told another time. */
function jump(ms: number): void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: []) => (given.length === 0 ? new target(target.now() + ms) : new target(...given)),
    get: (target, name, receiver) => (name === 'now' ? () => target.now() + ms : Reflect.get(target, name, receiver)),
  });
}

let service: Service;
let receiver: Receiver;
let database: pg.Client;
let image: string;

beforeAll(async () => {
  receiver = await Receiver.start();
  const environment = {
    CALLBACK_PRIVATE_ADDRESSES: 'allow',
    CALLBACK_RETRY_SECONDS: '1,1',
    SWEEP_SECONDS: '1',
  };
  service = await Service.start({ worker: true, environment });
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  image = await service.store(await jpeg());
});
afterEach(() => {
  globalThis.Date = RealDate;
});
afterAll(async () => {
  await database.end();
  await service.stop();
  await receiver.stop();
});

const task = (more: object = {}): object => ({ image, operations: [{ operation: 'flip' }], ...more });

/** Resolves when a sweep has begun after this moment: what has had its time is gone. */
const swept = async (): Promise<void> => {
  const id = randomUUID();
  const insert = `insert into reservations (id, owner, "for", created_at, expires_at)
    values ($1, 'local', '/images', now() - interval '2 hours', now() - interval '1 hour')`;
  await database.query(insert, [id]);
  const left = 'select 1 from reservations where id = $1';
  while ((await database.query(left, [id])).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe.each(Object.entries(jumps))('a clock that jumps %s', (_name, ms) => {
  test('ends no reservation, no key and no outcome early', async () => {
    const slot = (await service.client.call('POST', '/images')).headers.location ?? '';
    const keyed = { 'Idempotency-Key': `"${randomUUID()}"`, Prefer: 'wait=20' };
    const done = await service.client.post('/images/tasks', task(), keyed);
    expect(done.status).toBe(303);
    jump(ms);
    await swept();
    await swept();
    const again = await service.client.post('/images/tasks', task(), keyed);
    expect([again.headers['idempotency-replayed'], again.headers.location]).toEqual(['true', done.headers.location]);
    expect((await service.client.get(done.headers.location ?? '')).status).toBe(200);
    const body = await png({ width: 32, height: 32, seed: ms });
    const filled = await service.client.call('PUT', slot, { headers: { 'Content-Type': 'image/png' }, body });
    expect(filled.status).toBe(201);
  });

  test('ends no reservation late', async () => {
    jump(ms);
    const minted = await service.client.post('/reservations', { for: '/images' });
    const { rows } = await database.query<{ seconds: number }>(
      'select extract(epoch from expires_at - now())::float as seconds from reservations where id = $1',
      [minted.json.id],
    );
    expect(rows[0]?.seconds).toBeGreaterThan(service.config.RESERVATION_TTL - 60);
    expect(rows[0]?.seconds).toBeLessThanOrEqual(service.config.RESERVATION_TTL + 1);
  });

  test('holds up no work, no callback, and nobody who waits', async () => {
    const path = `/${ms}`;
    const url = receiver.at(path, (received, response, count) =>
      answer(count < 2 ? 500 : 204)(received, response, count),
    );
    const accepted = await service.client.post('/images/tasks', task({ callback: { url } }));
    jump(ms);
    const since = performance.now();
    expect((await service.client.get(accepted.headers.location ?? '', { Prefer: 'wait=25' })).status).toBe(303);
    await receiver.until(path, 2);
    const next = await service.client.post('/images/tasks', task({ callback: { url } }));
    expect(Number(next.headers['retry-after'])).toBeLessThan(60);
    await receiver.until(path, 3);
    expect(performance.now() - since).toBeLessThan(25_000);
  });
});
