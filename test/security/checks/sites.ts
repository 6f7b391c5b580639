import { formData } from '../../support/client.js';
import { check, explained } from '../check.js';
import { type Scene } from '../scene.js';

/** While nobody is asked for a key, a browser's caller is let in for being on this machine: pages of others are not to use that. */
const source = 'CWE-352 Cross-Site Request Forgery';
const rebinding = 'CWE-350 DNS rebinding';

const evil = 'https://evil.example';
const cross = { 'Sec-Fetch-Site': 'cross-site', Origin: evil };
const post = { 'Content-Type': 'text/plain' };
const form = formData({ image: { filename: 'x.gif', mediaType: 'image/gif', bytes: Buffer.from('GIF89a') } });
const bySite = '403 cross-site-request at Sec-Fetch-Site, nothing made';
const byOrigin = '403 cross-site-request at Origin, nothing made';
const byHost = '421 misdirected-request at Host, nothing made';

type Row = readonly [
  id: string,
  title: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  expected: string,
  body?: string,
];

const forged: readonly Row[] = [
  [
    'form',
    'a form of another site uploads',
    'POST',
    '/images',
    { 'Content-Type': form.contentType, ...cross },
    bySite,
    form.body.toString(),
  ],
  [
    'form-plain',
    'a form of another site whose text is JSON',
    'POST',
    '/reservations',
    { ...post, ...cross },
    bySite,
    '{"for":"/images","a":"="}',
  ],
  [
    'form-urlencoded',
    'a form of another site',
    'POST',
    '/images/tasks',
    { 'Content-Type': 'application/x-www-form-urlencoded', ...cross },
    bySite,
    'image=x',
  ],
  ['empty', 'a form of another site without any field', 'POST', '/images', cross, bySite],
  [
    'no-cors',
    'fetch with no-cors',
    'POST',
    '/reservations',
    { ...post, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' },
    bySite,
    '{}',
  ],
  [
    'beacon',
    'navigator.sendBeacon',
    'POST',
    '/reservations',
    { ...post, ...cross, 'Sec-Fetch-Mode': 'no-cors' },
    bySite,
    '{}',
  ],
  ['old', 'an older browser, which tells the origin alone', 'POST', '/images', { Origin: evil }, byOrigin],
  ['null', 'a sandboxed page', 'POST', '/images', { Origin: 'null' }, byOrigin],
  [
    'same-site',
    'a page at another port of this machine',
    'POST',
    '/images',
    { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:1' },
    bySite,
  ],
  ['port', 'the same, of an older browser', 'POST', '/images', { Origin: 'http://localhost:1' }, byOrigin],
  [
    'prefix',
    'an origin that begins like ours',
    'POST',
    '/images',
    { Origin: 'http://127.0.0.1.evil.example' },
    byOrigin,
  ],
  ['nowhere', 'a site that is none', 'POST', '/images', { 'Sec-Fetch-Site': 'nowhere' }, bySite],
  [
    'navigate',
    'a form that leads here',
    'POST',
    '/images',
    { ...cross, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
    bySite,
  ],
  ['method', 'DELETE, had the browser sent it', 'DELETE', '/images/{image}', cross, bySite],
  [
    'override',
    'DELETE by way of a form',
    'POST',
    '/images/{image}',
    { ...cross, 'X-HTTP-Method-Override': 'DELETE' },
    '405 method-not-allowed, nothing made',
  ],
  [
    'image-tag',
    'an image on another site',
    'GET',
    '/images/{image}/content',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    bySite,
  ],
  [
    'script-tag',
    'a script on another site',
    'GET',
    '/images',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
    bySite,
  ],
  [
    'frame',
    'a frame on another site',
    'GET',
    '/images',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    bySite,
  ],
  [
    'events',
    'another site listens',
    'GET',
    '/images/tasks/00000000-0000-7000-8000-000000000000/events',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' },
    bySite,
  ],
  [
    'visit',
    'a link on another site',
    'GET',
    '/images',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
    '200, nothing made',
  ],
];

const hosts: readonly Row[] = [
  ...['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '0.0.0.0', '192.168.1.7', '[::ffff:10.0.0.1]'].map(
    (host, at): Row => [
      `host-${at + 1}`,
      'a name of somebody else’s that leads here',
      'GET',
      '/images',
      { Host: host },
      byHost,
    ],
  ),
  [
    'host-write',
    'the same, to write',
    'POST',
    '/images',
    { Host: 'evil.example:3000', Origin: 'http://evil.example:3000', 'Sec-Fetch-Site': 'same-origin' },
    byHost,
  ],
  [
    'host-forwarded',
    'our name, by way of X-Forwarded-Host',
    'GET',
    '/images',
    { Host: 'evil.example', 'X-Forwarded-Host': 'localhost' },
    byHost,
  ],
];

async function seen(scene: Scene, [, , method, path, headers, , body = '']: Row): Promise<string> {
  const made = async (): Promise<string> => (await scene.get('/images')).text + (await scene.get('/reservations')).text;
  const before = await made();
  const reply = await scene.call(method, path, { headers, body, unchecked: true });
  return `${explained(reply)}, ${(await made()) === before ? 'nothing' : 'SOMETHING'} made`;
}

const rowsOf = (rows: readonly Row[], about: string) =>
  rows.map((row) => {
    const [id, title, method, path, headers, expected] = row;
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const request = [`${method} ${path.replace('{image}', '{id}')}`, ...fields].join(' ');
    return check({ id: `site-${id}`, source: about, title, request, expected }, (scene) => seen(scene, row));
  });

/** What a browser asks before it sends for another site what a form could not. */
const preflights: readonly [id: string, path: string, headers: Record<string, string>, seen?: string][] = [
  [
    'json',
    '/images/tasks',
    { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
  ],
  // Whether there is such an image is not told either.
  ['delete', '/images/{image}', { 'Access-Control-Request-Method': 'DELETE' }, '403 cross-site-request at Origin'],
  ['key', '/images', { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' }],
  ['network', '/images', { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Private-Network': 'true' }],
];

export const siteChecks = [
  ...rowsOf(forged, source),
  ...rowsOf(hosts, rebinding),
  ...preflights.map(([id, path, headers, answer = '204']) => {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const request = `OPTIONS ${path.replace('{image}', '{id}')} Origin: ${evil} ${fields.join(' ')}`;
    const title = 'a script of another site asks whether it may';
    return check(
      { id: `preflight-${id}`, source: 'Fetch, CORS protocol', title, request, expected: `${answer}, nothing allowed` },
      async (scene) => {
        const reply = await scene.call('OPTIONS', path, { headers: { Origin: evil, ...headers }, unchecked: true });
        const allowed = Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'));
        return `${explained(reply)}, ${allowed.length === 0 ? 'nothing' : allowed.join(' ')} allowed`;
      },
    );
  }),
  check(
    {
      id: 'site-read',
      source: 'Fetch, CORS protocol',
      title: 'a script of another site reads, with a key that it has',
      request: `GET /images Origin: ${evil} Authorization: Bearer {key}`,
      expected: '200, not for scripts of other sites',
    },
    async ({ guarded }) => {
      const reply = await guarded.get('/images', { ...cross, Authorization: `Bearer ${guarded.tokens.valid}` });
      const allowed = Object.keys(reply.headers).some((name) => name.startsWith('access-control-'));
      return `${explained(reply)}, ${allowed ? 'ALSO' : 'not'} for scripts of other sites`;
    },
  ),
];
