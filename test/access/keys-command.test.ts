import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../support/process.js';
import { cloneDatabase, type TestDatabase } from '../support/template-database.js';

interface Ended {
  code: number;
  out: string;
  aside: string;
}

/** The program as an operator runs it. */
function run(words: string[], environment: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env['PATH'], PORT: '0', ...environment };
  const script = ['--enable-source-maps', 'dist/src/main.js', ...words];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, script, { env }, (_error, out, aside) => {
      resolve({ code: child.exitCode ?? 1, out, aside });
    });
  });
}

const keyFormat = /^dk_([0-9a-f]{16})_[0-9a-f]{64}\n$/;

describe('keys, beside a service that runs', () => {
  let service: ServiceProcess;
  const keys = (...words: string[]) => run(['keys', ...words], { DATABASE_URL: service.database.url });
  beforeAll(async () => {
    service = await ServiceProcess.start({ role: 'api' });
  });
  afterAll(() => service.stop());

  test('are made, used, listed and revoked, and the service knows within a second', async () => {
    expect((await service.client.get('/images')).status).toBe(200);
    const made = await keys('create', '--owner', 'ann', '--scopes', 'read', '--expires', '90d', '--name', 'for a test');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(keyFormat)]);
    expect(made.aside).toMatch(/Key [0-9a-f]{16} of ann, for read\. Keep it now/);
    const token = made.out.trim();
    const secret = token.split('_')[2] ?? '';
    expect(made.aside).not.toContain(secret);
    const [, id = ''] = keyFormat.exec(made.out) ?? [];
    // It answers without a key for half a second more at most.
    expect(await until(401, service, {})).toBeLessThan(1_000);
    const headers = { Authorization: `Bearer ${token}` };
    expect((await service.client.get('/images', headers)).status).toBe(200);

    const listed = await keys('list');
    expect(listed.out).toMatch(
      new RegExp(`^ID +OWNER +.*\\n${id} +ann +read +valid +\\S+ +\\S+ +\\S.* for a test\\n$`),
    );
    expect(listed.out + listed.aside).not.toContain(secret);

    const revoked = await keys('revoke', id);
    expect(revoked.out).toBe(`Key ${id} of ann opens nothing any more.\n`);
    expect(revoked.aside).toMatch('It was the last');
    expect(await until(401, service, headers)).toBeLessThan(1_000);
    // The last key is gone, and nobody is let in for that.
    expect((await service.client.get('/images')).status).toBe(401);
    expect((await keys('list')).out).toMatch(/ revoked /);
    expect(service.output).not.toContain(secret);
  });

  test.each([
    [['create'], 'create needs --owner.'],
    [['create', '--owner', 'https://issuer#ann'], '--owner takes'],
    [['create', '--owner', 'ann', '--scopes', 'read,everything'], '--scopes takes'],
    [['create', '--owner', 'ann', '--scopes', ''], '--scopes takes'],
    [['create', '--owner', 'ann', '--expires', 'yesterday'], '--expires takes'],
    [['create', '--owner', 'ann', '--expires', '2020-01-01'], '--expires takes'],
    [['create', '--owner', 'ann', '--expires', '0d'], '--expires takes'],
    [['create', 'ann'], 'There is a word too many.'],
    [['create', '--own', 'ann'], "Unknown option '--own'"],
    [['revoke'], 'revoke needs the id'],
    [['revoke', 'ffffffffffffffff'], 'There is no key ffffffffffffffff.'],
    [['destroy'], 'There is no destroy.'],
  ])('keys %j is refused with what is wrong and how it is done', async (words, fault) => {
    const { code, out, aside } = await keys(...words);
    expect([code, out]).toEqual([1, '']);
    expect(aside).toContain(fault);
    expect(aside).toContain('npm run keys -- create --owner NAME');
    expect(aside).not.toMatch(/\bat .*\.js|\.ts:/);
  });
});

/** Asks until the answer is that; @returns how long it took, ms */
async function until(status: number, { client }: ServiceProcess, headers: Record<string, string>): Promise<number> {
  const since = performance.now();
  while ((await client.get('/images', headers)).status !== status) continue;
  return performance.now() - since;
}

describe('a service that other machines could reach', () => {
  let database: TestDatabase;
  let dataDir: string;
  const start = (environment: Record<string, string>) =>
    run([], { DATABASE_URL: database.url, DATA_DIR: dataDir, ROLE: 'api', ...environment });
  beforeAll(async () => {
    database = await cloneDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'darkroom-elsewhere-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true });
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'images.example'])('does not start on %s without a key', async (HOST) => {
    const { code, out, aside } = await start({ HOST });
    expect([code, out]).toEqual([1, '']);
    expect(aside).toMatch(/no key was ever made.*\n +make a key: +npm run keys -- create --owner local\n/);
    expect(aside).not.toMatch(/\bat .*\.js|\.ts:/);
  });

  test('starts once there is one', async () => {
    const { out } = await run(['keys', 'create', '--owner', 'local'], { DATABASE_URL: database.url });
    const service = await ServiceProcess.start({ role: 'api', database, environment: { HOST: '0.0.0.0' } });
    try {
      expect((await service.client.get('/images')).status).toBe(401);
      const headers = { Authorization: `Bearer ${out.trim()}` };
      expect((await service.client.get('/images', headers)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});

test('keys can be made before the service has ever run, and while its own database runs', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'darkroom-first-'));
  const keys = (...words: string[]) => run(['keys', ...words], { DATA_DIR: dataDir });
  try {
    const first = await keys('create', '--owner', 'ann');
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(keyFormat)]);
    // Set to nothing is not set: its own database.
    const service = await ServiceProcess.start({ dataDir, environment: { DATABASE_URL: '' } });
    try {
      expect((await service.client.get('/images', { Authorization: `Bearer ${first.out.trim()}` })).status).toBe(200);
      const second = await keys('create', '--owner', 'bob');
      expect([second.code, second.out]).toEqual([0, expect.stringMatching(keyFormat)]);
      expect((await service.client.get('/images', { Authorization: `Bearer ${second.out.trim()}` })).status).toBe(200);
    } finally {
      expect((await service.terminate()).code).toBe(0);
    }
    expect((await keys('list')).out.trim().split('\n')).toHaveLength(3);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
