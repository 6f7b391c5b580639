import { Raw } from '../../support/raw.js';
import { heardStatuses } from '../as-it-is.js';
import { check } from '../check.js';

/** S24, a second for a header, a second below 1,000 bytes a second for a body. */
const slow: readonly [id: string, title: string, request: string, begin: (raw: Raw, authorization: string) => Raw][] = [
  ['silent', 'a connection on which nothing is said', '(nothing)', (raw) => raw],
  [
    'head',
    'a header that never ends (Slowloris)',
    'GET /livez HTTP/1.1⏎Host: …⏎X-a: ',
    (raw) => raw.send('GET /livez HTTP/1.1\r\nHost: localhost\r\nX-a: '),
  ],
  [
    'body',
    'a body that never comes (R.U.D.Y.)',
    'POST /images Content-Length: 10000',
    (raw, key) => raw.send(`${uploadHead}${key}Content-Length: 10000\r\n\r\n`),
  ],
  [
    'chunk',
    'chunks that stop',
    'POST /images Transfer-Encoding: chunked',
    (raw, key) => raw.send(`${uploadHead}${key}Transfer-Encoding: chunked\r\n\r\n4\r\nxxxx\r\n`),
  ],
];

const uploadHead = 'POST /images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n';

export const slownessChecks = [
  ...slow.map(([id, title, request, begin]) =>
    check(
      { id: `slow-${id}`, source: 'S24, CWE-400', title, request, expected: '408 request-timeout, closed' },
      async ({ narrow }) => {
        const key = `Authorization: Bearer ${await narrow.service.token({ owner: `slow ${id}` })}\r\n`;
        return `${heardStatuses(await begin(new Raw(narrow.origin), key).closed())}, closed`;
      },
    ),
  ),
  check(
    {
      id: 'slow-trickle',
      source: 'S24, CWE-400',
      title: 'a body of fifty bytes a second',
      request: 'POST /images Content-Length: 10000',
      expected: '408 request-timeout, closed',
    },
    async ({ narrow }) => {
      const key = `Authorization: Bearer ${await narrow.service.token({ owner: 'trickle' })}\r\n`;
      const raw = new Raw(narrow.origin).send(`${uploadHead}${key}Content-Length: 10000\r\n\r\n`);
      const trickle = setInterval(() => raw.send('x'), 20);
      return `${heardStatuses(await raw.closed().finally(() => clearInterval(trickle)))}, closed`;
    },
  ),
  check(
    {
      id: 'connections',
      source: 'S24, CWE-770',
      title: 'more connections than may be open',
      request: '70 connections, 60 may be open',
      expected: 'those beyond are closed, those that are open are answered',
    },
    async ({ narrow }) => {
      const asks = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n';
      const open = Array.from({ length: 60 }, () => new Raw(narrow.origin).send(asks));
      for (const each of open) await each.hears(/^HTTP\/1.1 200 /);
      const beyond = await Promise.all(Array.from({ length: 10 }, () => new Raw(narrow.origin).closed()));
      const again = (await open[0]?.send(asks).hears(/200 [^]*HTTP\/1.1 200 /)) !== undefined;
      for (const each of open) each.end();
      return `those beyond are ${beyond.every((heard) => heard === '') ? 'closed' : 'ANSWERED'}, those that are open are ${again ? 'answered' : 'NOT'}`;
    },
  ),
];
