import { type Reply } from '../../support/client.js';
import { check, explained, told } from '../check.js';

/** HTTP as it is abused: RFC 9110's methods, fields, ranges and conditions. */
const source = 'RFC 9110 17';

const refused: readonly [
  id: string,
  title: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  expected: string,
][] = [
  ['trace', 'TRACE, which would show cookies to a script', 'TRACE', '/images', {}, '405 method-not-allowed'],
  ['propfind', 'a method of WebDAV', 'PROPFIND', '/images', {}, '405 method-not-allowed'],
  ['put', 'PUT of a collection', 'PUT', '/images', {}, '405 method-not-allowed'],
  ['delete', 'DELETE of a collection', 'DELETE', '/images/tasks', {}, '405 method-not-allowed'],
  [
    'override',
    'a method in a field is not the method',
    'GET',
    '/images/{image}',
    { 'X-HTTP-Method-Override': 'DELETE' },
    '200',
  ],
  ['host', 'a Host that is none', 'GET', '/', { Host: 'a b"<c>' }, '400 malformed-request at Host'],
  ['expect', 'an unknown expectation', 'GET', '/', { Expect: 'x' }, '417 expectation-failed at Expect'],
  ['accept', 'an Accept of 15 KB', 'GET', '/images', { Accept: 'a/b,'.repeat(3_800) }, '406 not-acceptable'],
  [
    'accept-quotes',
    'an Accept of quotes that are not closed',
    'GET',
    '/images',
    { Accept: '"'.repeat(15_000) },
    '406 not-acceptable',
  ],
  [
    'accept-spaces',
    'an Accept of spaces',
    'GET',
    '/images',
    { Accept: `a/b;${' '.repeat(15_000)}q` },
    '406 not-acceptable',
  ],
  ['fields', 'a field of 20 KB', 'GET', '/images', { 'X-Long': 'x'.repeat(20_000) }, '431 headers-too-large'],
  [
    'ranges',
    'two thousand ranges',
    'GET',
    '/images/{image}/content',
    { Range: `bytes=${'0-0,'.repeat(2_000)}1-1` },
    '206, less than 100 kB',
  ],
  [
    'overlap',
    'ranges that overlap',
    'GET',
    '/images/{image}/content',
    { Range: 'bytes=0-,0-,0-,0-,0-' },
    '206, less than 100 kB',
  ],
  [
    'range-far',
    'a range behind the end',
    'GET',
    '/images/{image}/content',
    { Range: 'bytes=99999999999999999999-' },
    '416 range-not-satisfiable',
  ],
  ['range-broken', 'a range that is none', 'GET', '/images/{image}/content', { Range: 'bytes=z-a' }, '200'],
  [
    'match',
    'an If-Match of four thousand tags',
    'DELETE',
    '/images/{image}',
    { 'If-Match': `${'"a",'.repeat(3_800)}"b"` },
    '412 precondition-failed',
  ],
  [
    'none-match',
    'an If-None-Match of quotes',
    'GET',
    '/images/{image}',
    { 'If-None-Match': '"'.repeat(15_000) },
    '200',
  ],
  [
    'key',
    'an Idempotency-Key that is none',
    'POST',
    '/images/tasks',
    { 'Idempotency-Key': '"' },
    '400 malformed-request at Idempotency-Key',
  ],
  [
    'key-long',
    'an Idempotency-Key of 10 KB',
    'POST',
    '/images/tasks',
    { 'Idempotency-Key': `"${'k'.repeat(10_000)}"` },
    '400 malformed-request at Idempotency-Key',
  ],
  [
    'event-id',
    'a Last-Event-ID that is none',
    'GET',
    '/images/tasks/00000000-0000-7000-8000-000000000000/events',
    { 'Last-Event-ID': '9'.repeat(1_000) },
    '404 not-found',
  ],
];

const unknown = '00000000-0000-7000-8000-000000000000';
const targets: readonly [id: string, title: string, target: string, expected: string][] = [
  ['dots', 'dots in a path', '/images/../../etc/passwd', '404 not-found'],
  ['encoded-dots', 'dots in a path, encoded', '/images/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '404 not-found'],
  ['double', 'dots in a path, encoded twice', '/images/%252e%252e%252fetc%252fpasswd', '404 not-found'],
  ['backslash', 'backslashes', '/images/..%5c..%5cboot.ini', '404 not-found'],
  ['nul', 'a NUL in a path', `/images/${unknown}%00.png`, '404 not-found'],
  ['undecodable', 'a path that cannot be decoded', '/images/%E0%A4%A', '400 malformed-request'],
  ['overlong', 'an overlong encoding of a slash', '/images/%c0%af', '400 malformed-request'],
  ['line', 'a line end in a path', `/images/${unknown}%0d%0aX:%20y`, '404 not-found'],
  ['quote', 'SQL in an id', "/images/1'%20or%20'1'='1", '404 not-found'],
  ['id-unknown', 'an id that nobody has', `/images/${unknown}`, '404 not-found'],
  ['id-long', 'an id of 8,000 characters', `/images/${'-'.repeat(8_000)}`, '414 uri-too-long'],
  ['parameters', 'parameters of a path', `/images/${unknown};admin=true`, '404 not-found'],
  ['dotfile', 'files of the project', '/.env', '404 not-found'],
  ['git', 'its history', '/.git/config', '404 not-found'],
  ['package', 'its packages', '/package.json', '404 not-found'],
  ['docs', 'files beside the documentation', '/docs/..%2f..%2fpackage.json', '404 not-found'],
  ['docs-source', 'the source beside the documentation', '/docs/%2e%2e/%2e%2e/package.json', '404 not-found'],
  ['actuator', 'other programs’ doors', '/actuator/env', '404 not-found'],
  ['debug', 'a debugger’s door', '/debug/pprof/', '404 not-found'],
  [
    'cursor',
    'a cursor of one’s own',
    `/images?cursor=${Buffer.from("older:' or 1=1--").toString('base64url')}`,
    '400 invalid-parameter at cursor',
  ],
  ['limit', 'a page of a billion', '/images?limit=1000000000', '400 invalid-parameter at limit'],
  ['limit-negative', 'a page of less than none', '/images?limit=-1', '400 invalid-parameter at limit'],
  ['limit-text', 'a page of something', '/images?limit=1e9;drop', '400 invalid-parameter at limit'],
  ['time', 'a time that is none', '/images?createdAfter=99999-99-99', '400 invalid-parameter at createdAfter'],
  ['array', 'a parameter twice', '/images?name=a&name=b', '400 invalid-parameter'],
  ['nul-query', 'a NUL in a parameter', '/images?name=%00', '400 invalid-parameter at name'],
];

/** Parts of an answer that are asked for again and again could be more than the whole, many times. */
function sized(reply: Reply): string {
  if (reply.status !== 206) return explained(reply);
  return `206, ${reply.bytes.length < 100_000 ? 'less' : 'MORE'} than 100 kB`;
}

export const semanticChecks = [
  ...refused.map(([id, title, method, path, headers, expected]) => {
    const field = Object.entries(headers).map(
      ([name, value]) => ` ${name}: ${value.length > 50 ? `${value.slice(0, 50)}…` : value}`,
    );
    return check(
      {
        id: `http-${id}`,
        source,
        title,
        request: `${method} ${path.replace('{image}', '{id}')}${field.join('')}`,
        expected,
      },
      async (scene) => sized(await scene.call(method, path, { headers, unchecked: true })),
    );
  }),
  ...targets.map(([id, title, target, expected]) =>
    check(
      {
        id: `path-${id}`,
        source: 'API9, path traversal',
        title,
        request: `GET ${target.length > 80 ? `${target.slice(0, 80)}…` : target}`,
        expected,
      },
      // As it is: a client of Node's would make it right.
      async (scene) => explained(await scene.plain('GET', target)),
    ),
  ),
  check(
    {
      id: 'forwarded-host',
      source,
      title: 'another Host by way of X-Forwarded-Host',
      request: 'GET / X-Forwarded-Host: evil.example',
      expected: '200, not in any link',
    },
    async (scene) => {
      const reply = await scene.get('/', { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' });
      return `${told(reply)}, ${reply.text.includes('evil.example') ? 'IN LINKS' : 'not in any link'}`;
    },
  ),
  check(
    {
      id: 'absolute-target',
      source,
      title: 'another host in the request line',
      request: 'GET http://evil.example/ HTTP/1.1',
      expected: '200',
    },
    async (scene) => told(await scene.plain('GET', 'http://evil.example/')),
  ),
  check(
    {
      id: 'wait',
      source: 'API4',
      title: 'to be held for ever',
      request: 'GET /images/tasks/{id} Prefer: wait=999999999, of a task that has ended',
      expected: '303, wait=30',
    },
    async (scene) => {
      const task = await scene.task({});
      await scene.service.ended(task.headers.location ?? '');
      const reply = await scene.get(task.headers.location ?? '', { Prefer: 'wait=999999999' });
      return `${told(reply)}, ${String(reply.headers['preference-applied'])}`;
    },
  ),
];
