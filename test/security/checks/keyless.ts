import { plain, raw } from '../as-it-is.js';
import { asked, challenged } from '../challenged.js';
import { check, told } from '../check.js';

/** API2: whoever has no key finds no way around it. */
const source = 'API2 Broken Authentication';

const askedOfPage = `${asked}, Basic realm="darkroom: any user name, and a key as the password", charset="UTF-8"`;

const others: readonly [
  id: string,
  title: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  expected: string,
][] = [
  [
    'head',
    'whether something is there, without a key',
    'HEAD',
    '/images/{image}',
    {},
    asked.replace(' unauthenticated', ''),
  ],
  ['query', 'a search without a key', 'QUERY', '/images', { 'Content-Type': 'application/json' }, asked],
  ['events', 'to listen without a key', 'GET', '/images/tasks/{task}/events', { Accept: 'text/event-stream' }, asked],
  ['page', 'a browser without a key', 'GET', '/images/{image}', { Accept: 'text/html' }, askedOfPage],
  ['nothing', 'what is not there, without a key', 'GET', '/images/00000000-0000-7000-8000-000000000000', {}, asked],
  ['metrics', 'what operators read, without a key', 'GET', '/metrics', {}, asked],
  ['override', 'a method that is open, in a field', 'POST', '/images', { 'X-HTTP-Method-Override': 'OPTIONS' }, asked],
  [
    'upgrade',
    'another protocol, without a key',
    'GET',
    '/images',
    { Connection: 'Upgrade', Upgrade: 'websocket' },
    asked,
  ],
];

/** Spellings of a path that one program might take for an open one, and another not. */
const spellings: Readonly<Record<string, string>> = {
  '/images/': '401 unauthenticated',
  '/images?.js': '401 unauthenticated',
  ...Object.fromEntries(
    [
      ...['//images', '/IMAGES', '/%69mages', '/images%2f', '/images;.css', '/images%00', '/./images'],
      ...['/livez/../images', '/livez%2f..%2fimages', '/docs/..%2fimages'],
    ].map((target) => [target, '404 not-found']),
  ),
};

/** The fields of a request that say something here. */
const shownFields = (headers: Record<string, string>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (name === 'Content-Type' ? [] : [`${name}: ${value}`]));

export const keylessChecks = [
  ...others.map(([id, title, method, path, headers, expected]) =>
    check(
      {
        id: `no-key-${id}`,
        source,
        title,
        request: [`${method} ${path}`, ...shownFields(headers)].join(' '),
        expected,
      },
      async ({ guarded }) =>
        challenged(await guarded.call(method, path, { headers, body: method === 'QUERY' ? '{}' : '' })),
    ),
  ),
  ...Object.entries(spellings).map(([target, expected], at) =>
    check(
      {
        id: `spelling-${at + 1}`,
        source: 'CWE-288',
        title: 'another spelling of a path, without a key',
        request: `GET ${target}`,
        expected,
      },
      async ({ guarded }) => told(await plain(guarded.origin, 'GET', target)),
    ),
  ),
  check(
    {
      id: 'key-body',
      source: 'CWE-400',
      title: 'an upload is taken before it is known whose it is',
      request: 'POST /images Content-Length: 1000000000, no body',
      expected: '401 unauthenticated',
    },
    ({ guarded: { origin } }) =>
      raw(
        origin,
        'POST /images HTTP/1.1\r\nHost: HOST\r\nContent-Type: image/png\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n',
      ),
  ),
];
