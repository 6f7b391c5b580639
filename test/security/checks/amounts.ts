import { Readable } from 'node:stream';
import { type Client, type Reply } from '../../support/client.js';
import { EventSource } from '../../support/event-source.js';
import { jpeg } from '../../support/pictures.js';
import { check, told } from '../check.js';
import { atOnce, oneByOne } from '../in-numbers.js';

/** API4: nobody takes what is for all. The service of these has narrow limits (`narrow-scene.ts`), so that they are reached at once. */
const source = 'API4 Unrestricted Resource Consumption';

const task = (client: Client, order: object): Promise<Reply> =>
  client.post('/images/tasks', order, { 'Cache-Control': 'no-cache' });
function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(4_096);
}

export const amountChecks = [
  check(
    {
      id: 'queue-race',
      source,
      title: 'more tasks than may wait, all at once',
      request: '10 × POST /images/tasks, 3 may wait',
      expected: '3 × 202, 7 × 429 queue-full Retry-After RateLimit',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('hasty');
      const order = await narrow.task(client);
      return atOnce(10, () => task(client, order));
    },
  ),
  check(
    {
      id: 'queue-all',
      source,
      title: 'more tasks of several owners than may wait in all',
      request: '3 × POST /images/tasks, 5 may wait in all, 3 do',
      expected: '202, 202, 503 service-queue-full',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('late');
      const order = await narrow.task(client);
      return oneByOne(Array.from({ length: 3 }, () => () => task(client, order)));
    },
  ),
  check(
    {
      id: 'queue-reading',
      source,
      title: 'reading, while no task is taken any more',
      request: 'GET /images/tasks',
      expected: '200',
    },
    async ({ narrow }) => told(await (await narrow.owner('late')).get('/images/tasks')),
  ),
  check(
    {
      id: 'streams',
      source: 'S27',
      title: 'more event streams than may be open',
      request: '3 × GET /images/tasks/{id}/events, 2 may be open',
      expected: '200, 200, 429 too-many-streams',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('hasty');
      const [waiting] = (await client.get('/images/tasks')).json.items;
      const headers = { Authorization: `Bearer ${await narrow.service.token({ owner: 'hasty' })}` };
      const open = [
        await EventSource.open(waiting.links.events, headers),
        await EventSource.open(waiting.links.events, headers),
      ];
      const third = told(await client.get(waiting.links.events));
      for (const each of open) each.close();
      return [...open.map(({ status }) => status), third].join(', ');
    },
  ),
  check(
    {
      id: 'amount-reservations',
      source,
      title: 'more reservations than may be open',
      request: '3 × POST /images, 2 may be open',
      expected: '201, 201, 429 too-many-reservations',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('reserved');
      return oneByOne(Array.from({ length: 3 }, () => () => client.call('POST', '/images')));
    },
  ),
  check(
    {
      id: 'storage-race',
      source,
      title: 'more bytes than may be stored, all at once',
      request: '8 × POST /images, together more than there is room for',
      expected: '507 quota-exceeded, no more is stored than may be',
    },
    async ({ narrow }) => {
      const client = await narrow.owner('hoarder');
      const pictures = await Promise.all(
        Array.from({ length: 8 }, (_, seed) => jpeg({ width: 220, height: 220, seed: seed + 50 })),
      );
      const seen = await Promise.all(
        pictures.map((bytes) => client.post('/images', bytes, { 'Content-Type': 'image/jpeg' })),
      );
      const stored = seen.reduce((sum, { status, json }) => sum + (status === 201 ? json.bytes : 0), 0);
      const refused = seen.filter(({ status }) => status !== 201).map(told);
      return `${[...new Set(refused)].join(' ')}, ${stored <= 20_000 ? 'no more' : 'MORE'} is stored than may be`;
    },
  ),
  check(
    {
      id: 'storage-others',
      source,
      title: 'others, while one has stored all that they may',
      request: 'POST /images, by another owner',
      expected: '201',
    },
    async ({ narrow }) =>
      told(await (await narrow.owner('thrifty')).post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })),
  ),
  ...[true, false].map((declared) =>
    check(
      {
        id: `upload-${declared ? 'declared' : 'endless'}`,
        source,
        title: 'an upload that is too large',
        request: `POST /images ${declared ? 'Content-Length: 20000' : 'Transfer-Encoding: chunked, without an end'}`,
        expected: '413 body-too-large',
      },
      async ({ narrow }) => {
        const client = await narrow.owner('uploader');
        const body = declared ? Buffer.alloc(20_000) : Readable.from(endless());
        return told(await client.call('POST', '/images', { headers: { 'Content-Type': 'image/png' }, body }));
      },
    ),
  ),
];
