import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { issuerKeys, type IssuerTimes } from '../../src/access/issuer-keys.js';
import { IssuerTokens } from '../../src/access/issuer-tokens.js';
import { Problem } from '../../src/problems.js';
import { forged } from '../support/forged.js';
import { Issuer } from '../support/issuer.js';
import { Service } from '../support/service.js';

const times: IssuerTimes = { timeout: 2_000, keep: 600_000, cooldown: 60_000, afterFailure: 1_000 };

let issuer: Issuer;
beforeEach(async () => {
  issuer = await Issuer.start();
});
afterEach(() => issuer.stop());

const tokensOf = (changed: Partial<IssuerTimes> = {}, clock = () => 0) =>
  new IssuerTokens(issuer.url, 'darkroom', issuerKeys(issuer.url, { ...times, ...changed }, clock));

const now = () => Math.floor(Date.now() / 1000);

test('a token of the issuer lets in, as an owner that no key can have', async () => {
  const service = await Service.start({ environment: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'darkroom' } });
  try {
    const bearing = async (claims = {}) => ({ Authorization: `Bearer ${await issuer.token(claims)}` });
    // No key was ever made: the issuer alone closes the service.
    expect((await service.client.get('/images')).status).toBe(401);
    expect((await service.client.get('/images', await bearing())).status).toBe(200);
    const minted = await service.client.call('POST', '/images', { headers: await bearing() });
    expect(minted.status).toBe(201);
    const reading = await service.client.call('POST', '/images', { headers: await bearing({ scope: 'read' }) });
    expect(reading.headers['www-authenticate']).toBe(
      'Bearer realm="darkroom", error="insufficient_scope", scope="write"',
    );
    const expired = await service.client.get('/images', await bearing({ exp: now() - 60 }));
    expect([expired.status, expired.json.detail]).toEqual([401, 'The token has expired.']);
    // Keys go on working beside it.
    expect((await (await service.key()).get('/images')).status).toBe(200);
    issuer.broken = true;
    expect((await service.client.get('/images', await bearing({ sub: 'bob' }))).status).toBe(200);
  } finally {
    await service.stop();
  }
});

describe('who a token speaks for', () => {
  const identityOf = async (claims: Record<string, unknown>) => tokensOf().verify(await issuer.token(claims));

  test('is told by issuer and subject together', async () => {
    expect(await identityOf({ sub: 'ann' })).toEqual({
      identity: { owner: `${issuer.url}#ann`, scopes: ['read', 'write'] },
    });
  });

  test.each([
    [{ scope: 'read' }, ['read']],
    [{ scope: 'openid  write admin' }, ['write', 'admin']],
    [{ scope: undefined, scp: ['read', 'email'] }, ['read']],
    [{ scope: undefined, scp: 'read write' }, ['read', 'write']],
    [{ scope: undefined }, []],
    [{ scope: 'READ readwrite' }, []],
    [{ scope: { read: true } }, []],
  ])('%j', async (claims, scopes) => {
    expect(await identityOf(claims)).toMatchObject({ identity: { scopes } });
  });
});

describe('a token is not taken', () => {
  test.each(Object.entries(forged))('%s', async (_name, forge) => {
    const found = await tokensOf().verify(await forge(issuer));
    // RFC 6750 3: what goes into a quoted string as it is.
    expect(found).toEqual({ wrong: expect.stringMatching(/^[A-Za-z ():.]+$/) });
  });

  test('by where it says that its keys are: nothing is asked for but the issuer', async () => {
    const elsewhere = await Issuer.start();
    try {
      const kids = ['../../other/keys', `${elsewhere.url}/keys`, "' or 1=1 --", '/dev/null', '\0'];
      for (const kid of kids) expect(await tokensOf().verify(await issuer.token({}, { kid }))).toHaveProperty('wrong');
      const header = { jku: `${elsewhere.url}/keys`, x5u: `${elsewhere.url}/keys`, kid: 'there' };
      expect(await tokensOf().verify(await issuer.token({}, header))).toHaveProperty('wrong');
      expect(elsewhere.asked).toEqual([]);
      const ours = ['/realms/us/.well-known/openid-configuration', '/realms/us/keys'];
      expect([...new Set(issuer.asked)].sort()).toEqual(ours);
    } finally {
      await elsewhere.stop();
    }
  });
});

describe('the keys of the issuer', () => {
  const unavailable = expect.objectContaining({ slug: 'issuer-unavailable', headers: { 'Retry-After': '2' } });

  test('are read once for many tokens, and again for a key that is new', async () => {
    const tokens = tokensOf({ cooldown: 0 });
    const many = await Promise.all(['a', 'b', 'c'].map((sub) => issuer.token({ sub })));
    for (const found of await Promise.all(many.map((token) => tokens.verify(token))))
      expect(found).toHaveProperty('identity');
    expect(issuer.asked).toHaveLength(2);
    await issuer.rotate('second', 'RS256');
    expect(await tokens.verify(await issuer.token())).toHaveProperty('identity');
    expect(issuer.asked).toHaveLength(4);
    // The first is not the issuer's any more.
    expect(await tokens.verify(await issuer.token({}, { kid: 'first' }))).toHaveProperty('wrong');
  });

  test('are not read for each token that names a key which there is not', async () => {
    const tokens = tokensOf();
    for (let count = 0; count < 20; count += 1) {
      expect(await tokens.verify(await issuer.token({}, { kid: `made up ${count}` }))).toHaveProperty('wrong');
    }
    expect(issuer.asked).toHaveLength(2);
  });

  test('that cannot be read are no fault of the token: 503, and the issuer is left alone for a while', async () => {
    let clock = 0;
    const tokens = tokensOf({}, () => clock);
    issuer.broken = true;
    for (const sub of ['a', 'b', 'c']) {
      await expect(tokens.verify(await issuer.token({ sub }))).rejects.toEqual(unavailable);
    }
    expect(issuer.asked).toHaveLength(1);
    issuer.broken = false;
    clock = times.afterFailure;
    expect(await tokens.verify(await issuer.token())).toHaveProperty('identity');
  });

  test.each([
    ['of another issuer', { issuer: 'https://issuer.example' }],
    ['that lie nowhere', { jwks_uri: undefined }],
    ['that lie on a disk', { jwks_uri: 'file:///etc/passwd' }],
    ['that lie under another scheme', { jwks_uri: 'https://127.0.0.1/keys' }],
  ])('%s are not read', async (_name, discovery) => {
    issuer.discovery = discovery;
    await expect(tokensOf().verify(await issuer.token())).rejects.toBeInstanceOf(Problem);
    expect(issuer.asked).toHaveLength(1);
  });
});
