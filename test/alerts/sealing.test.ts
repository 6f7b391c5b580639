import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openSealing, Sealing, Unsealable } from '../../src/alerts/sealing.js';
import { readConfig } from '../../src/read-config.js';
import { CallbackScene, secret } from '../support/callback-scene.js';
import { answer } from '../support/receiver.js';
import { verify } from '../support/signature.js';

const sealing = new Sealing(randomBytes(32));

describe('a secret that is sealed', () => {
  test('is opened again, and is not to be seen', () => {
    for (const text of [secret, '', 'ä€🙂', 'x'.repeat(10_000)]) {
      const sealed = sealing.seal(text);
      expect(sealing.open(sealed)).toBe(text);
      if (text !== '') expect(sealed).not.toContain(text);
    }
  });

  test('is the same when it is sealed again, and another one is not', () => {
    expect(sealing.seal(secret)).toBe(sealing.seal(secret));
    expect(sealing.seal(`${secret}A`)).not.toBe(sealing.seal(secret));
    expect(new Sealing(randomBytes(32)).seal(secret)).not.toBe(sealing.seal(secret));
  });

  test.each([
    ['under another key', (sealed: string) => new Sealing(randomBytes(32)).open(sealed)],
    ['cut short', (sealed: string) => sealing.open(sealed.slice(0, -1))],
    ['cut down to nothing', (sealed: string) => sealing.open(sealed.slice(0, 'sealed.1.'.length))],
    ['with a bit turned', (sealed: string) => sealing.open(sealed.replace(/.(.{30})$/, (all) => swapped(all)))],
  ])('%s is not opened', (_, open) => {
    expect(() => open(sealing.seal(secret))).toThrow(Unsealable);
  });

  test('may have been kept as it came, by an earlier version', () => {
    expect(sealing.open(secret)).toBe(secret);
  });
});

/** Another first letter. */
function swapped(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

describe('the key', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'darkroom-sealing-')), 'data');
  });
  afterAll(() => rm(join(dataDir, '..'), { recursive: true }));

  test('is made once in DATA_DIR, for this user alone, by whichever process is first', async () => {
    const config = readConfig({ DATA_DIR: dataDir });
    const all = await Promise.all(Array.from({ length: 8 }, () => openSealing(config)));
    const seals = [...all, await openSealing(config)].map((each) => each.seal(secret));
    expect(new Set(seals).size).toBe(1);
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'secret.key'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is SECRET_KEY where there is one', async () => {
    const SECRET_KEY = randomBytes(32).toString('hex');
    const [here, there] = [
      readConfig({ SECRET_KEY, DATA_DIR: dataDir }),
      readConfig({ SECRET_KEY, DATA_DIR: '/none' }),
    ];
    expect((await openSealing(here)).seal(secret)).toBe((await openSealing(there)).seal(secret));
    expect((await openSealing(here)).seal(secret)).not.toBe(
      (await openSealing(readConfig({ DATA_DIR: dataDir }))).seal(secret),
    );
  });

  test('is not set by a SECRET_KEY of nothing', () => {
    expect(readConfig({ SECRET_KEY: '' }).SECRET_KEY).toBeUndefined();
  });

  test.each(['short', 'g'.repeat(64), '0'.repeat(63)])('is not %j', (SECRET_KEY) => {
    expect(() => readConfig({ SECRET_KEY })).toThrow('SECRET_KEY must be 64 hexadecimal digits');
  });
});

test('a callback whose secret cannot be read is not sent unsigned, and is sent once it can', async () => {
  const scene = await CallbackScene.open();
  try {
    const { path, url } = scene.listening(answer(204));
    const database = new pg.Client({ connectionString: scene.service.database.url });
    await database.connect();
    await scene.service.stopWorker();
    const task = await scene.accept({ url, secret });
    const { rows } = await database.query<{ callback: { secret: string } }>(
      'select callback from tasks where callback is not null',
    );
    const lost = new Sealing(randomBytes(32)).seal(secret);
    await database.query(
      "update tasks set callback = jsonb_set(callback::jsonb, '{secret}', to_jsonb($1::text)) where callback is not null",
      [lost],
    );
    await scene.service.startWorker();
    const alert = await scene.settled(task);
    expect(alert).toMatchObject({ state: 'failed', failure: 'exhausted', signed: true });
    expect((await scene.deliveriesOf(alert)).map(({ failure }) => failure)).toEqual(Array(4).fill('secret-unreadable'));
    expect(scene.receiver.of(path)).toEqual([]);
    await database.query('update alerts set secret = $1', [rows[0]?.callback.secret]);
    expect((await scene.client.call('POST', alert.links.resend)).status).toBe(202);
    await scene.receiver.until(path, 1);
    scene.receiver.of(path).forEach(verify);
    await database.end();
  } finally {
    await scene.close();
  }
});
