import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { png } from '../../support/pictures.js';
import { check, told } from '../check.js';
import { type Scene } from '../scene.js';

const source = 'API8 Security Misconfiguration';
const asBrowser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const script = '<script>alert(1)</script>';

const header = (
  id: string,
  title: string,
  path: string,
  name: string,
  expected: string,
  headers: Record<string, string> = {},
) =>
  check({ id, source, title, request: `GET ${path.replace('{image}', '{id}')}`, expected }, async (scene) => {
    const reply = await scene.get(path, headers);
    return `${name}: ${String(reply.headers[name.toLowerCase()] ?? 'none')}`;
  });

/** A patch of the stored image's name or labels, and what a browser is shown of it. */
async function shown(scene: Scene, patch: object): Promise<string> {
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  const reply = await scene.call('PATCH', '/images/{image}', { headers, body: JSON.stringify(patch) });
  if (reply.status !== 200) return told(reply);
  const page = await scene.get('/images/{image}', asBrowser);
  return page.text.includes(script) ? 'IT RUNS' : '200, shown as text';
}

export const answerChecks = [
  header('powered-by', 'what the server is made of', '/', 'X-Powered-By', 'X-Powered-By: none'),
  header('server', 'what the server is', '/', 'Server', 'Server: none'),
  header(
    'cors',
    'a script of another site reads answers',
    '/images',
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Origin: none',
    { Origin: 'https://evil.example' },
  ),
  header(
    'content-sniff',
    'a browser guesses what bytes are',
    '/images/{image}/content',
    'X-Content-Type-Options',
    'X-Content-Type-Options: nosniff',
  ),
  header(
    'content-policy',
    'what is stored runs',
    '/images/{image}/content',
    'Content-Security-Policy',
    "Content-Security-Policy: default-src 'none'; sandbox",
  ),
  header(
    'content-type',
    'what was sent as a page is one',
    '/images/{image}/content',
    'Content-Type',
    'Content-Type: image/png',
  ),
  header(
    'page-policy',
    'what is put into a page runs',
    '/images',
    'Content-Security-Policy',
    "Content-Security-Policy: default-src 'none'",
    asBrowser,
  ),
  header('cache', 'an answer is kept by others', '/images', 'Cache-Control', 'Cache-Control: no-cache'),
  check(
    {
      id: 'preflight',
      source,
      title: 'a script of another site asks whether it may',
      request: 'OPTIONS /images Origin: https://evil.example',
      expected: '204, nothing allowed',
    },
    async (scene) => {
      const reply = await scene.call('OPTIONS', '/images', {
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'DELETE' },
      });
      const allowed = Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'));
      return `${told(reply)}, ${allowed.length === 0 ? 'nothing allowed' : allowed.join(' ')}`;
    },
  ),
  check(
    {
      id: 'label-script',
      source: 'OWASP XSS Prevention',
      title: 'a script in a label',
      request: `PATCH /images/{id} {"labels":{"a":"${script}"}}`,
      expected: '200, shown as text',
    },
    (scene) => shown(scene, { labels: { a: script } }),
  ),
  check(
    {
      id: 'name-script',
      source: 'OWASP XSS Prevention',
      title: 'a script in a name',
      request: `PATCH /images/{id} {"name":"${script}"}`,
      expected: '200, shown as text',
    },
    (scene) => shown(scene, { name: script }),
  ),
  ...['a\r\nSet-Cookie: a=b', 'a\u0000b', '\u202egnp.exe', 'a\u2028b'].map((name, at) =>
    check(
      {
        id: `name-${at + 1}`,
        source: 'CWE-113, CWE-451',
        title: 'a name that would be a line of its own, or read backwards',
        request: `PATCH /images/{id} {"name":${JSON.stringify(name).replaceAll(/[\u2028\u202e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`)}}`,
        expected: '422 invalid-member',
      },
      (scene) => shown(scene, { name }),
    ),
  ),
  check(
    {
      id: 'problem-script',
      source: 'OWASP XSS Prevention',
      title: 'a script in what is refused',
      request: `GET /images?${encodeURIComponent(script)}=1 Accept: text/html`,
      expected: '400 invalid-parameter, shown as text',
    },
    async (scene) => {
      const reply = await scene.get(`/images?${encodeURIComponent(script)}=1`, asBrowser);
      return `${told(reply)}, ${reply.text.includes(script) ? 'IT RUNS' : 'shown as text'}`;
    },
  ),
  check(
    {
      id: 'referer',
      source: 'OWASP Unvalidated Redirects',
      title: 'a link back to another site',
      request: 'GET /images?x=1 Referer: https://evil.example/',
      expected: '400 invalid-parameter, no link there',
    },
    async (scene) => {
      const reply = await scene.get('/images?x=1', { ...asBrowser, Referer: 'https://evil.example/' });
      return `${told(reply)}, ${reply.text.includes('evil.example') ? 'A LINK THERE' : 'no link there'}`;
    },
  ),
  check(
    {
      id: 'swagger-url',
      source,
      title: 'the documentation shows another site’s',
      request: 'GET /docs?url=https://evil.example/x.json',
      expected: '303 to /docs, not taken',
    },
    async (scene) => {
      const reply = await scene.call('GET', '/docs?url=https://evil.example/x.json', { unchecked: true });
      const to = String(reply.headers.location);
      return `${told(reply)} to ${to}, ${`${reply.text}${to}`.includes('evil.example') ? 'TAKEN' : 'not taken'}`;
    },
  ),
  check(
    {
      id: 'internal',
      source: 'S29, CWE-209',
      title: 'what a failure of the server tells',
      request: 'GET /images/{id}/content, its bytes gone from the disk',
      expected: '500 internal-error, members: type title status requestId',
    },
    async (scene) => {
      const id = await scene.service.store(await png({ seed: 4_711 }), 'image/png');
      const { digest } = (await scene.get(`/images/${id}`)).json;
      const blobs = join(scene.service.dataDir, 'blobs');
      await rm(join(blobs, digest.slice(0, 2), digest), { force: true });
      const reply = await scene.get(`/images/${id}/content`);
      return `${told(reply)}, members: ${Object.keys(reply.json ?? {}).join(' ')}`;
    },
  ),
];
