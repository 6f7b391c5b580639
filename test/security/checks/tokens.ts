import { forged } from '../../support/forged.js';
import { Issuer } from '../../support/issuer.js';
import pg from 'pg';
import { check, told } from '../check.js';
import { bearing, type GuardedScene } from '../guarded-scene.js';

/** API2: a token of the issuer is one that the issuer has signed, for this service, and now (RFC 7519, RFC 8725). */
const source = 'API2, RFC 8725 JSON Web Token Best Current Practices';

async function taken(guarded: GuardedScene, token: string): Promise<string> {
  const reply = await guarded.get('/images', bearing(token));
  const error = /error="\w+"/.exec(String(reply.headers['www-authenticate']));
  return [told(reply), ...(error ?? [])].join(', ');
}

/** Where a token says that its key is: somewhere that is watched. */
const places: Readonly<Record<string, (uri: string) => Record<string, unknown>>> = {
  jku: (uri) => ({ jku: uri, kid: 'there' }),
  x5u: (uri) => ({ x5u: uri, kid: 'there' }),
  'a kid that is a URI': (uri) => ({ kid: uri }),
  'a kid that is a path': () => ({ kid: '../../../../dev/null' }),
  'a kid that is SQL': () => ({ kid: "' union select '" }),
};

/** Whether a text is in any row of any table. */
async function stored(guarded: GuardedScene, text: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: guarded.service.database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ dump: string }>(
      "select query_to_xml('select * from ' || format('%I.%I', schemaname, tablename), true, true, '')::text as dump from pg_tables where schemaname in ('public', 'graphile_worker')",
    );
    return rows.some(({ dump }) => dump.includes(text));
  } finally {
    await client.end();
  }
}

/** Whether a text is in the log, once the line of this request is. */
async function logged(guarded: GuardedScene, text: string, requestId: unknown): Promise<boolean> {
  while (!guarded.heard.lines.some((line) => line.msg === 'request' && line.requestId === requestId)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return guarded.heard.text.includes(text);
}

export const tokenChecks = [
  ...Object.entries(forged).map(([what, forge], at) =>
    check(
      {
        id: `token-${at + 1}`,
        source,
        title: `a token ${what}`,
        request: 'GET /images Authorization: Bearer {token}',
        expected: '401 unauthenticated, error="invalid_token"',
      },
      async ({ guarded }) => taken(guarded, await forge(guarded.issuer)),
    ),
  ),
  ...Object.entries(places).map(([what, header], at) =>
    check(
      {
        id: `token-key-${at + 1}`,
        source,
        title: `a token whose key is somebody else’s: ${what}`,
        request: 'GET /images Authorization: Bearer {token}',
        expected: '401 unauthenticated, error="invalid_token", nobody else asked',
      },
      async ({ guarded }) => {
        const other = await Issuer.start();
        try {
          const token = await other.token({ iss: guarded.issuer.url }, header(`${other.url}/keys`));
          const seen = await taken(guarded, token);
          return `${seen}, ${other.asked.length === 0 ? 'nobody else' : other.asked.join(' ')} asked`;
        } finally {
          await other.stop();
        }
      },
    ),
  ),
  check(
    {
      id: 'token-scope',
      source,
      title: 'a token that does not say what it opens',
      request: 'GET /images Authorization: Bearer {token}',
      expected: '403 insufficient-scope, error="insufficient_scope"',
    },
    async ({ guarded }) => taken(guarded, await guarded.issuer.token({ scope: undefined })),
  ),
  check(
    {
      id: 'token-owner',
      source,
      title: 'a token whose subject is the name of a key’s owner',
      request: 'GET /images/{id} Authorization: Bearer {token}, sub: a',
      expected: '404 not-found',
    },
    async ({ guarded }) =>
      told(await guarded.get('/images/{image}', bearing(await guarded.issuer.token({ sub: 'a' })))),
  ),
  check(
    {
      id: 'key-stored',
      source: 'S4, CWE-312',
      title: 'keys are read from a copy of the database',
      request: 'select * from every table',
      expected: 'its id, not its secret',
    },
    async ({ guarded }) => {
      const [, id = '', secret = ''] = guarded.tokens.valid.split('_');
      return `${(await stored(guarded, id)) ? 'its id' : 'nothing'}, ${(await stored(guarded, secret)) ? 'AND ITS SECRET' : 'not its secret'}`;
    },
  ),
  check(
    {
      id: 'secret-stored',
      source: 'S4, CWE-312',
      title: 'the secret that a callback is signed with is read from a copy of the database',
      request: 'select * from every table',
      expected: '202; its URL, not its secret',
    },
    async ({ guarded }) => {
      const [url, secret] = ['https://example.com/secret-stored', Buffer.alloc(32, 9).toString('base64')];
      const callback = { url, secret: `whsec_${secret}` };
      const task = { image: guarded.named('{image}'), operations: [{ operation: 'flip' }], callback };
      const reply = await guarded.call('POST', '/images/tasks', {
        headers: { ...bearing(guarded.tokens.valid), 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
        body: JSON.stringify(task),
      });
      return `${told(reply)}; ${(await stored(guarded, url)) ? 'its URL' : 'nothing'}, ${(await stored(guarded, secret)) ? 'AND ITS SECRET' : 'not its secret'}`;
    },
  ),
  ...['valid', 'revoked'].map((which) =>
    check(
      {
        id: `key-logged-${which}`,
        source: 'S4, CWE-532',
        title: `a key that is ${which} is read from the log`,
        request: 'GET /images?access_token={key} Authorization: Bearer {key}',
        expected: 'not in the log',
      },
      async ({ guarded }) => {
        const token = which === 'valid' ? guarded.tokens.valid : guarded.tokens.revoked;
        const { headers } = await guarded.get(`/images?access_token=${token}`, bearing(token));
        const secret = token.split('_')[2] ?? '';
        return `${(await logged(guarded, secret, headers['x-request-id'])) ? '' : 'not '}in the log`;
      },
    ),
  ),
  check(
    {
      id: 'token-logged',
      source: 'S4, CWE-532',
      title: 'a token of the issuer is read from the log',
      request: 'GET /images Authorization: Bearer {token}',
      expected: 'not in the log',
    },
    async ({ guarded }) => {
      const token = await guarded.issuer.token();
      const { headers } = await guarded.get('/images', bearing(token));
      const signature = token.split('.')[2] ?? '';
      return `${(await logged(guarded, signature, headers['x-request-id'])) ? '' : 'not '}in the log`;
    },
  ),
  check(
    {
      id: 'key-echoed',
      source: 'S4',
      title: 'a key that is not taken is told again',
      request: 'GET /images Authorization: Bearer {key}',
      expected: '401 unauthenticated, not told',
    },
    async ({ guarded }) => {
      const reply = await guarded.get('/images', bearing(guarded.tokens.expired));
      const whole = JSON.stringify(reply.headers) + reply.text;
      return `${told(reply)}, ${whole.includes(guarded.tokens.expired.slice(-64)) ? 'TOLD' : 'not told'}`;
    },
  ),
];
