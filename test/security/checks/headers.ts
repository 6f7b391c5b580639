import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { securityFields } from '../../../src/http/security-headers.js';
import { hear } from '../../fuzz/wire.js';
import { anyId } from '../../support/alike.js';
import { type Reply } from '../../support/client.js';
import { png } from '../../support/pictures.js';
import { heardStatuses } from '../as-it-is.js';
import { check, told } from '../check.js';
import { type Scene } from '../scene.js';

/** What every answer says to browsers, whatever it is. */
const source = 'S28, OWASP HTTP Headers Cheat Sheet';

const names = [...securityFields({ https: false }).keys()];
const asBrowser = { Accept: 'text/html' };
const nobody = '00000000-0000-7000-8000-000000000000';

type Asked = (scene: Scene) => Promise<Pick<Reply, 'status' | 'text' | 'headers'>>;
const get =
  (path: string, headers: Record<string, string> = {}): Asked =>
  (scene) =>
    scene.call('GET', path, { headers, unchecked: true });

const answers: readonly [id: string, title: string, request: string, status: string, asked: Asked][] = [
  ['page', 'a page', 'GET / Accept: text/html', '200', get('/', asBrowser)],
  ['list', 'a list as a page', 'GET /images Accept: text/html', '200', get('/images', asBrowser)],
  ['json', 'JSON', 'GET /images', '200', get('/images')],
  [
    'xml',
    'XML',
    'GET /images/{id} Accept: application/xml',
    '200',
    get('/images/{image}', { Accept: 'application/xml' }),
  ],
  ['content', 'what was uploaded', 'GET /images/{id}/content', '200', get('/images/{image}/content')],
  [
    'range',
    'a piece of it',
    'GET /images/{id}/content Range: bytes=0-9',
    '206',
    get('/images/{image}/content', { Range: 'bytes=0-9' }),
  ],
  ['docs', 'Swagger UI', 'GET /docs', '200', get('/docs')],
  ['style', 'a file of Swagger UI', 'GET /docs/swagger-ui.css', '200', get('/docs/swagger-ui.css')],
  ['redirect', 'a redirection', 'GET /docs/', '303', get('/docs/')],
  ['options', 'OPTIONS', 'OPTIONS /images', '204', (scene) => scene.call('OPTIONS', '/images')],
  ['bad', 'a request that is wrong', 'GET /images?x=1', '400 invalid-parameter', get('/images?x=1')],
  [
    'bad-page',
    'the same as a page',
    'GET /images?x=1 Accept: text/html',
    '400 invalid-parameter',
    get('/images?x=1', asBrowser),
  ],
  ['no-key', 'who has no key', 'GET /images', '401 unauthenticated', ({ guarded }) => guarded.get('/images')],
  [
    'site',
    'a page of another site',
    'GET /images Origin: https://evil.example',
    '403 cross-site-request',
    get('/images', { Origin: 'https://evil.example' }),
  ],
  ['none', 'what is not there', `GET /images/${nobody}`, '404 not-found', get(`/images/${nobody}`)],
  ['no-route', 'what is nowhere', 'GET /nowhere', '404 not-found', get('/nowhere')],
  [
    'method',
    'a method that is not for this',
    'DELETE /images',
    '405 method-not-allowed',
    (scene) => scene.call('DELETE', '/images'),
  ],
  [
    'accept',
    'what it is not given as',
    'GET /images Accept: a/b',
    '406 not-acceptable',
    get('/images', { Accept: 'a/b' }),
  ],
  [
    'host',
    'a name of somebody else’s',
    'GET /images Host: evil.example',
    '421 misdirected-request',
    get('/images', { Host: 'evil.example' }),
  ],
  [
    'internal',
    'what is the server’s fault',
    'GET /images/{id}/content, its bytes gone from the disk',
    '500 internal-error',
    brokenContent,
  ],
];

async function brokenContent(scene: Scene): Promise<Reply> {
  const id = await scene.service.store(await png({ seed: 4_712 }), 'image/png');
  const { digest } = (await scene.get(`/images/${id}`)).json;
  await rm(join(scene.service.dataDir, 'blobs', digest.slice(0, 2), digest), { force: true });
  return scene.get(`/images/${id}/content`);
}

const sayAll = (missing: string[]): string => (missing.length === 0 ? 'says it all' : `WITHOUT ${missing.join(' ')}`);

/** What Node itself would answer, before there is a request. */
const broken: readonly [id: string, title: string, bytes: string, status: string][] = [
  ['nonsense', 'no request', 'nonsense\r\n\r\n', '400 malformed-request'],
  ['long', 'a target of 60 KB', `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, '414 uri-too-long'],
  [
    'fields',
    'a field of 60 KB',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(60_000)}\r\n\r\n`,
    '431 headers-too-large',
  ],
];

const field = (id: string, title: string, request: string, name: string, asked: Asked, expected: string) =>
  check({ id: `header-${id}`, source, title, request, expected: `${name}: ${expected}` }, async (scene) => {
    const { headers } = await asked(scene);
    return `${name}: ${String(headers[name.toLowerCase()] ?? 'none').replace(anyId, '{id}')}`;
  });

const policy = 'Content-Security-Policy';
const hocr = { Accept: 'text/vnd.hocr+html' };

export const headerChecks = [
  ...answers.map(([id, title, request, status, asked]) =>
    check({ id: `headers-${id}`, source, title, request, expected: `${status}, says it all` }, async (scene) => {
      const reply = await asked(scene);
      return `${told(reply)}, ${sayAll(names.filter((name) => reply.headers[name.toLowerCase()] === undefined))}`;
    }),
  ),
  ...broken.map(([id, title, bytes, status]) =>
    check(
      { id: `headers-${id}`, source, title, request: bytes.slice(0, 20).trim(), expected: `${status}, says it all` },
      async (scene) => {
        const heard = await hear(scene.origin, Buffer.from(bytes), 1_500);
        return `${heardStatuses(heard)}, ${sayAll(names.filter((name) => !heard.includes(`\r\n${name}: `)))}`;
      },
    ),
  ),
  field(
    'inline',
    'an image is shown',
    'GET /images/{id}/content',
    'Content-Disposition',
    get('/images/{image}/content'),
    'inline; filename=',
  ),
  field(
    'attachment',
    'a text that is HTML is saved, not shown',
    'GET /texts/{id} Accept: text/vnd.hocr+html',
    'Content-Disposition',
    get('/texts/{text}', hocr),
    'attachment; filename=',
  ),
  field(
    'sandbox',
    'a text that is HTML runs',
    'GET /texts/{id} Accept: text/vnd.hocr+html',
    policy,
    get('/texts/{text}', hocr),
    "default-src 'none'; sandbox",
  ),
  field(
    'docs',
    'a script of another site in Swagger UI',
    'GET /docs',
    policy,
    get('/docs'),
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  ),
  field(
    'config-url',
    'Swagger UI set up by somebody else',
    'GET /docs?configUrl=https://evil.example/',
    'Location',
    get('/docs?configUrl=https://evil.example/'),
    '/docs',
  ),
  field(
    'frame',
    'a page in the frame of another site',
    'GET / Accept: text/html',
    'X-Frame-Options',
    get('/', asBrowser),
    'DENY',
  ),
  field('hsts', 'https is asked for where there is none', 'GET /', 'Strict-Transport-Security', get('/'), 'none'),
  field(
    'private',
    'what a key has opened is kept by others',
    'GET /images Authorization: Bearer {key}',
    'Cache-Control',
    ({ guarded }) => guarded.get('/images', { Authorization: `Bearer ${guarded.tokens.valid}` }),
    'no-cache',
  ),
  check(
    {
      id: 'headers-inline',
      source,
      title: 'a page has scripts or styles within it',
      request: 'GET / Accept: text/html',
      expected: 'no unsafe-inline, no unsafe-eval',
    },
    async (scene) => {
      const { headers } = await scene.get('/', asBrowser);
      const allows = (word: string): string =>
        `${String(headers[policy.toLowerCase()]).includes(word) ? word : `no ${word}`}`;
      return ['unsafe-inline', 'unsafe-eval'].map(allows).join(', ');
    },
  ),
];
