import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Row, scopeOf } from '../../src/http/contract.js';
import { contractRows } from '../../src/http/rows.js';
import { type ProblemSlug, problems } from '../../src/problem-types.js';
import { type Client, type Reply } from '../support/client.js';
import { keptBy } from '../support/nothing-left.js';
import { jpeg } from '../support/pictures.js';
import { samples } from '../support/samples.js';
import { Service } from '../support/service.js';

/** Who is let in, tried on every contract row. */
const named = (row: Row) => [`${row.method} ${row.path}`, row] as const;
const guarded = contractRows().filter(({ open }) => !open);

const id = '01a00000-0000-7000-8000-000000000000';
let known: ReturnType<typeof samples>;
beforeAll(async () => {
  const invocationIds = { cancel: id, retry: id, resend: id };
  const ids = { imageId: id, taskId: id, reservationId: id, endedTaskId: id, alertId: id, queryId: id, textId: id };
  known = samples({ ...ids, invocationIds, image: await jpeg() });
});

const call = (client: Client, { id, method }: Row, fields: Record<string, string> = {}): Promise<Reply> => {
  const { path, headers, body } = known[id] ?? { path: '' };
  return client.call(method, path, { headers: { ...headers, ...fields }, ...(body && { body }) });
};

const expectProblem = (reply: Reply, slug: ProblemSlug): void => {
  expect([reply.status, reply.json?.type]).toEqual([
    problems[slug].status,
    expect.stringMatching(new RegExp(`/problems/${slug}$`)),
  ]);
  expect(reply.headers['cache-control']).toBe('no-store');
};

describe('once there are keys', () => {
  let service: Service;
  let tokens: Record<'valid' | 'expired' | 'revoked' | 'reading' | 'writing' | 'administering', string>;

  beforeAll(async () => {
    // Nobody listens on port 1.
    const environment = { OIDC_ISSUER: 'http://127.0.0.1:1', OIDC_AUDIENCE: 'darkroom' };
    service = await Service.start({ environment });
    tokens = {
      valid: await service.token({ scopes: ['read', 'write'] }),
      expired: await service.token({ expiresAt: new Date(Date.now() - 1) }),
      revoked: await service.token(),
      reading: await service.token({ scopes: ['read'] }),
      writing: await service.token({ scopes: ['write'] }),
      administering: await service.token({ scopes: ['admin'] }),
    };
    await service.revoke(tokens.revoked);
  });
  afterAll(() => service.stop());

  const bearing = (token: string) => ({ Authorization: `Bearer ${token}` });

  test.each(guarded.map(named))('%s asks for a key, and says no more', async (_name, row) => {
    const without: Record<string, string>[] = [{}, { Authorization: 'Digest a=b' }, { Authorization: 'DPoP abc' }];
    for (const fields of without) {
      const reply = await call(service.client, row, fields);
      expectProblem(reply, 'unauthenticated');
      // RFC 6750 3.1: no error code where no credentials of the kind came.
      expect(reply.headers['www-authenticate']).toBe('Bearer realm="darkroom"');
    }
  });

  const expectInvalid = (reply: Reply): void => {
    expectProblem(reply, 'unauthenticated');
    expect(reply.headers['www-authenticate']).toMatch(
      /^Bearer realm="darkroom", error="invalid_token", error_description="[A-Za-z ,.]+"$/,
    );
  };

  test.each(guarded.map(named))('%s takes no key that is unknown, expired or revoked', async (_name, row) => {
    const { expired, revoked } = tokens;
    const details = [];
    for (const token of [`dk_0000000000000000_${'0'.repeat(64)}`, expired, revoked]) {
      const reply = await call(service.client, row, bearing(token));
      expectInvalid(reply);
      details.push(reply.json.detail);
    }
    expect(details).toEqual(['The key is not one of this service.', 'The key has expired.', 'The key was revoked.']);
  });

  test('a key has to be right to the last letter, and told as one', async () => {
    const { valid } = tokens;
    const another = valid.slice(0, -1) + (valid.endsWith('0') ? '1' : '0');
    const broken = ['', ' ', 'dk_', 'dk_x_y', `${valid}x`, valid.toUpperCase(), `"${valid}"`, 'a b', 'dk_%00', 'é'];
    for (const token of [another, ...broken]) expectInvalid(await service.client.get('/images', bearing(token)));
  });

  test.each(guarded.map(named))('%s needs its scope', async (_name, row) => {
    const scope = scopeOf(row);
    const others = { read: tokens.writing, write: tokens.reading, admin: tokens.valid };
    for (const token of [others[scope ?? 'admin'], ...(scope === 'admin' ? [] : [tokens.administering])]) {
      const reply = await call(service.client, row, bearing(token));
      expectProblem(reply, 'insufficient-scope');
      expect(reply.headers['www-authenticate']).toBe(
        `Bearer realm="darkroom", error="insufficient_scope", scope="${scope}"`,
      );
    }
  });

  test.each(guarded.map(named))('%s says 503 while the issuer of a token does not answer', async (_name, row) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256', kid: 'a' })}.${part({ sub: 'a' })}.c2ln`;
    const reply = await call(service.client, row, bearing(token));
    expectProblem(reply, 'issuer-unavailable');
    expect(reply.headers['www-authenticate']).toBeUndefined();
  });

  test.each(guarded.map(named))('%s lets a key in', async (_name, row) => {
    const keys = { read: tokens.reading, write: tokens.writing, admin: tokens.administering };
    const reply = await call(service.client, row, bearing(keys[scopeOf(row) ?? 'read']));
    expect([401, 403]).not.toContain(reply.status);
  });

  test('who is not let in has changed nothing, and is refused before anything else is looked at', async () => {
    const before = await keptBy(service);
    for (const fields of [{}, bearing(tokens.expired), bearing(tokens.administering)]) {
      for (const row of guarded.filter(({ scope }) => scope !== 'admin')) {
        const more = { Accept: 'application/x-none', 'Content-Length': '99999999999', 'If-Match': '"another"' };
        const path = `${known[row.id]?.path}?nonsense=1`;
        const reply = await service.client.call(row.method, path, { headers: { ...more, ...fields }, body: '' });
        expect([row.id, [401, 403]]).toEqual([row.id, expect.arrayContaining([reply.status])]);
      }
    }
    expect(await keptBy(service)).toEqual(before);
  });

  test.each(
    contractRows()
      .filter(({ open }) => open)
      .map(named),
  )('%s is open to all', async (_name, row) => {
    expect((await call(service.client, row)).status).toBe(200);
    expect((await call(service.client, row, bearing('nonsense'))).status).toBe(200);
  });

  test('what a key does not open is told apart from what is not there', async () => {
    expect((await service.client.get('/nothing')).status).toBe(404);
    expect((await service.client.call('PUT', '/images')).status).toBe(405);
    const options = await service.client.call('OPTIONS', '/images');
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS, POST, QUERY']);
  });

  test('the scheme is read in any case; a key in a URI is none, and is said to be in the wrong place', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      expect((await service.client.get('/images', { Authorization: `${scheme} ${tokens.valid}` })).status).toBe(200);
    }
    const reply = await service.client.get(`/images?access_token=${tokens.valid}`);
    expectProblem(reply, 'unauthenticated');
    expect(reply.json.errors).toEqual([expect.objectContaining({ parameter: 'access_token' })]);
    expect(reply.text).not.toContain(tokens.valid);
  });

  test('nothing of a key is in the database but its SHA-256', async () => {
    const client = new pg.Client({ connectionString: service.database.url });
    await client.connect();
    const { rows } = await client.query<{ text: string }>('select row_to_json(k)::text as text from api_keys k');
    await client.end();
    const dump = rows.map(({ text }) => text).join();
    for (const token of Object.values(tokens)) {
      expect(dump).toContain(token.split('_')[1]);
      expect(dump).not.toContain(token.split('_')[2]);
    }
  });
});

describe('while nobody is asked for a key', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  test.each(guarded.map(named))('%s does nothing for a page of another site', async (_name, row) => {
    expectProblem(await call(service.client, row, { 'Sec-Fetch-Site': 'cross-site' }), 'cross-site-request');
    expectProblem(await call(service.client, row, { Origin: 'https://evil.example' }), 'cross-site-request');
  });

  test.each(guarded.map(named))('%s is not to be reached by a name of somebody else', async (_name, row) => {
    expectProblem(await call(service.client, row, { Host: 'rebound.example' }), 'misdirected-request');
  });
});
