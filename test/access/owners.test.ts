import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { isSafeMethod } from '../../src/http/methods.js';
import { contractRows } from '../../src/http/rows.js';
import { storeText } from '../support/a-text.js';
import { alike, anyId, elsewhere } from '../support/alike.js';
import { type Reply } from '../support/client.js';
import { everyResource, everySlot } from '../support/every-resource.js';
import { type Known, type Sample, samples } from '../support/samples.js';
import { TwoOwners } from '../support/two-owners.js';

/** Owner `a` has one of every resource. Owner `b` knows all their ids, and is told what anyone is told who invents one. */
const rows = contractRows().map((row) => [`${row.method} ${row.path}`, row] as const);

let owners: TwoOwners;
/** What `a` has: resources, and then URIs that wait to be filled. */
let having: Known[];

beforeAll(async () => {
  owners = await TwoOwners.start();
  const known = await everyResource(owners.a, await storeText(owners.service.database.url, 'a'));
  having = [known, ...(await everySlot(owners.a, known))];
});
afterAll(() => owners.stop());

/** Its body a byte a character. */
type Request = Omit<Sample, 'body'> & { body?: string };

function requestFor(id: string, known: Known): Request {
  const sample = samples(known)[id];
  if (sample === undefined) throw new Error(`test/support/samples.ts has no request for ${id}`);
  const { path, headers = {}, body } = sample;
  if (body === undefined) return { path, headers };
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) throw new Error(`the sample of ${id} can be sent once`);
  return { path, headers, body: body.toString('latin1') };
}

/** One for each thing that `a` has of that kind. */
const requestsFor = (id: string): Request[] => {
  const requests = having.map((known) => requestFor(id, known));
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
};

const namesAny = (request: Request): boolean => JSON.stringify(request).search(anyId) >= 0;

const ask = (method: string, { path, headers = {}, body }: Request, client = owners.b): Promise<Reply> =>
  client.call(method, path, { headers, ...(body === undefined ? {} : { body: Buffer.from(body, 'latin1') }) });

const kindOf = ({ status, json }: Reply): unknown => [status, json?.type, json?.results?.[0]?.status];

/** Fields by which something might be told from nothing. */
const tellTales = (): Record<string, string>[] => [
  { Accept: 'application/xml' },
  { Accept: 'text/html' },
  { 'If-Match': '*' },
  { 'If-None-Match': '*' },
  { Prefer: 'wait=30' },
  { 'Idempotency-Key': randomUUIDv7() },
];

describe('every operation', () => {
  test.each(rows)('%s tells who names what is not theirs what it tells of nothing', async (_name, { id, method }) => {
    const before = await owners.rowsOf('a');
    for (const request of requestsFor(id).filter(namesAny)) {
      const bare = [method, ...(method === 'GET' ? ['HEAD'] : []), 'OPTIONS'].map((asked) => [asked, {}] as const);
      for (const [asked, more] of [...bare, ...tellTales().map((more) => [method, more] as const)]) {
        const curious = { ...request, headers: { ...request.headers, ...more } };
        expect(alike(await ask(asked, curious))).toEqual(alike(await ask(asked, elsewhere(curious))));
      }
    }
    expect(await owners.rowsOf('a')).toEqual(before);
  });

  test.each(rows)('%s shows another nothing where they name nothing', async (_name, { id, method }) => {
    const before = await owners.rowsOf('a');
    const theirs = new Set(JSON.stringify(before).match(anyId));
    for (const request of requestsFor(id).filter((request) => !namesAny(request))) {
      const { text, headers } = await ask(method, request);
      const shown = JSON.stringify([text, headers]).match(anyId) ?? [];
      expect(shown.filter((each) => theirs.has(each))).toEqual([]);
    }
    expect(await owners.rowsOf('a')).toEqual(before);
  });

  // Last of all: these take effect. What is deleted is deleted last.
  const ordered = rows.toSorted(([, a], [, b]) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
  test.each(ordered)('%s is there for its owner', async (_name, { id, method }) => {
    const [request] = requestsFor(id);
    if (request === undefined || !namesAny(request)) return;
    const another = await ask(method, request);
    const own = await ask(method, request, owners.a);
    expect(kindOf(own)).not.toEqual(kindOf(another));
    if (isSafeMethod(method)) expect(own.status).toBeLessThan(400);
  });
});
