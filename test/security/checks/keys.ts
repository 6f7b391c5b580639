import { raw } from '../as-it-is.js';
import { asked, challenged } from '../challenged.js';
import { check, told } from '../check.js';
import { bearing, type GuardedScene } from '../guarded-scene.js';

/** API2: who shows no key that is good, in the one place for it, is not let in. */
const source = 'API2 Broken Authentication';

const refused = `${asked}, error="invalid_token"`;
const because = (what: string): string => `${refused}, error_description="${what}"`;

type Fields = (scene: GuardedScene) => Record<string, string>;

const shown: readonly [id: string, title: string, request: string, fields: Fields, expected: string][] = [
  ['none', 'no key', '', () => ({}), asked],
  [
    'basic',
    'a usual password',
    'Authorization: Basic {admin:admin}',
    () => ({ Authorization: 'Basic YWRtaW46YWRtaW4=' }),
    refused,
  ],
  ['digest', 'another scheme', 'Authorization: Digest …', () => ({ Authorization: 'Digest username="a"' }), asked],
  [
    'dpop',
    'a good key under another scheme',
    'Authorization: DPoP {key}',
    ({ tokens }) => ({ Authorization: `DPoP ${tokens.valid}` }),
    asked,
  ],
  [
    'bare',
    'a good key without a scheme',
    'Authorization: {key}',
    ({ tokens }) => ({ Authorization: tokens.valid }),
    asked,
  ],
  ['x-api-key', 'a good key in X-Api-Key', 'X-Api-Key: {key}', ({ tokens }) => ({ 'X-Api-Key': tokens.valid }), asked],
  [
    'cookie',
    'a good key in a cookie',
    'Cookie: key={key}',
    ({ tokens }) => ({ Cookie: `key=${tokens.valid}; access_token=${tokens.valid}` }),
    asked,
  ],
  [
    'proxy',
    'a good key for a proxy',
    'Proxy-Authorization: Bearer {key}',
    ({ tokens }) => ({ 'Proxy-Authorization': `Bearer ${tokens.valid}` }),
    asked,
  ],
  ['empty', 'a key of nothing', 'Authorization: Bearer', () => ({ Authorization: 'Bearer ' }), refused],
  ['short', 'half a key', 'Authorization: Bearer dk_…', ({ tokens }) => bearing(tokens.valid.slice(0, 40)), refused],
  ['long', 'a key and a letter', 'Authorization: Bearer {key}a', ({ tokens }) => bearing(`${tokens.valid}a`), refused],
  [
    'guess',
    'a key whose last letter is another',
    'Authorization: Bearer {key}',
    ({ tokens }) => bearing(guessed(tokens.valid)),
    because('The key is not one of this service.'),
  ],
  [
    'case',
    'a key in capitals',
    'Authorization: Bearer {KEY}',
    ({ tokens }) => bearing(tokens.valid.toUpperCase()),
    refused,
  ],
  ['sql', 'SQL for a key', "Authorization: Bearer dk_1' or 1=1--", () => bearing("dk_1' or 1=1--"), refused],
  ['huge', 'a key of 12 KB', 'Authorization: Bearer dk_0000…', () => bearing(`dk_${'0'.repeat(12_000)}`), refused],
  [
    'expired',
    'a key that has expired',
    'Authorization: Bearer {key}',
    ({ tokens }) => bearing(tokens.expired),
    because('The key has expired.'),
  ],
  [
    'revoked',
    'a key that was revoked',
    'Authorization: Bearer {key}',
    ({ tokens }) => bearing(tokens.revoked),
    because('The key was revoked.'),
  ],
  [
    'original-url',
    'a path that is open, in a field',
    'X-Original-URL: /livez',
    () => ({ 'X-Original-URL': '/livez', 'X-Rewrite-URL': '/livez' }),
    asked,
  ],
  [
    'from-here',
    'to come from this machine',
    'X-Forwarded-For: 127.0.0.1',
    () => ({ 'X-Forwarded-For': '127.0.0.1', 'X-Real-IP': '127.0.0.1', Forwarded: 'for=127.0.0.1' }),
    asked,
  ],
  [
    'own-page',
    'to be a page of its own',
    'Sec-Fetch-Site: same-origin',
    ({ service }) => ({ 'Sec-Fetch-Site': 'same-origin', Origin: service.client.origin }),
    asked,
  ],
];

const guessed = (token: string): string => token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');

export const keyChecks = [
  ...shown.map(([id, title, request, fields, expected]) =>
    check({ id: `key-${id}`, source, title, request: `GET /images ${request}`.trim(), expected }, async ({ guarded }) =>
      challenged(await guarded.get('/images', fields(guarded))),
    ),
  ),
  ...['access_token', 'api_key', 'key'].map((name) =>
    check(
      {
        id: `key-in-${name}`,
        source: 'RFC 6750 5.3',
        title: 'a good key in the query',
        request: `GET /images?${name}={key}`,
        expected: asked,
      },
      async ({ guarded }) => challenged(await guarded.get(`/images?${name}=${guarded.tokens.valid}`)),
    ),
  ),
  ...[true, false].map((goodFirst) =>
    check(
      {
        id: `key-twice-${goodFirst ? 1 : 2}`,
        source: 'RFC 9110 5.3',
        title: `two keys, the ${goodFirst ? 'first' : 'second'} one good`,
        request: `GET /images Authorization: Bearer ${goodFirst ? '{key}' : 'x'} Authorization: Bearer ${goodFirst ? 'x' : '{key}'}`,
        expected: '400 malformed-request',
      },
      ({ guarded: { origin, tokens } }) => {
        const [first, second] = goodFirst ? [tokens.valid, 'x'] : ['x', tokens.valid];
        const fields = `Authorization: Bearer ${first}\r\nAuthorization: Bearer ${second}\r\n`;
        return raw(origin, `GET /images HTTP/1.1\r\nHost: HOST\r\n${fields}\r\n`);
      },
    ),
  ),
  ...[
    ['POST', '/reservations', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }] as const,
    ['GET', '/images', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'image' }] as const,
  ].map(([method, path, fields]) =>
    check(
      {
        id: `key-cross-site-${method.toLowerCase()}`,
        source: 'CWE-352',
        title: 'what a page of another site has a browser send that keeps a good key as its password',
        request: `${method} ${path} Authorization: Basic {any:key}; Sec-Fetch-Site: cross-site`,
        expected: '403 cross-site-request',
      },
      async ({ guarded }) => {
        const Authorization = `Basic ${Buffer.from(`any:${guarded.tokens.valid}`).toString('base64')}`;
        return told(await guarded.call(method, path, { headers: { Authorization, ...fields } }));
      },
    ),
  ),
  check(
    {
      id: 'key-revoked-soon',
      source,
      title: 'a key that is used all the time is revoked by another process',
      request: 'GET /images again and again',
      expected: '200, and 401 unauthenticated within a second',
    },
    async ({ guarded }) => {
      const token = await guarded.service.token({ owner: 'a' });
      const first = told(await guarded.get('/images', bearing(token)));
      await guarded.owners.all('update api_keys set revoked_at = now() where id = $1', [token.split('_')[1]]);
      const until = performance.now() + 1_000;
      let last = first;
      while (last === '200' && performance.now() < until) last = told(await guarded.get('/images', bearing(token)));
      return `${first}, and ${last} within a second`;
    },
  ),
];
