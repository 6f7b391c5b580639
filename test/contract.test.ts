import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptField } from '../src/http/body.js';
import { problemsOf, type Row } from '../src/http/contract.js';
import { isSafeMethod } from '../src/http/methods.js';
import { contractRows } from '../src/http/rows.js';
import { type ProblemSlug, problems } from '../src/problem-types.js';
import { type CallOptions, type Reply } from './support/client.js';
import { everyResource } from './support/every-resource.js';
import { type Sample, samples } from './support/samples.js';
import { storeText } from './support/a-text.js';
import { asBrowser, checkPage } from './support/page-check.js';
import { Service } from './support/service.js';

/** What every contract row promises, tried on every contract row. */
const rows = contractRows().map((row) => [`${row.method} ${row.path}`, row] as const);
const rowsThatMay = (slug: ProblemSlug) => rows.filter(([, row]) => problemsOf(row).includes(slug));
const unknownId = '00000000-0000-7000-8000-000000000000';

let service: Service;
let sample: (id: string) => Sample;

beforeAll(async () => {
  service = await Service.start();
  const known = samples(await everyResource(service.client, await storeText(service.database.url)));
  sample = (id) => {
    const found = known[id];
    if (found === undefined) throw new Error(`test/support/samples.ts has no request for ${id}`);
    return found;
  };
});
afterAll(() => service.stop());

const call = (
  method: string,
  { path, headers, body }: Sample,
  more: CallOptions & { path?: string } = {},
): Promise<Reply> =>
  service.client.call(method, more.path ?? path, {
    headers: { ...headers, ...more.headers },
    ...(more.body !== undefined ? { body: more.body } : body !== undefined ? { body } : {}),
  });

const expectProblem = (reply: Reply, slug: ProblemSlug): void => {
  expect([reply.status, reply.json?.type]).toEqual([
    problems[slug].status,
    expect.stringMatching(new RegExp(`^http://.*/problems/${slug}$`)),
  ]);
  expect(reply.headers['cache-control']).toBe('no-store');
};

describe('every operation', () => {
  test.each(rowsThatMay('not-acceptable'))(
    '%s names what it has where nothing of it is accepted',
    async (_name, row) => {
      const reply = await call(row.method, sample(row.id), { headers: { Accept: 'application/x-none' } });
      expectProblem(reply, 'not-acceptable');
      expect(reply.json.available.length).toBeGreaterThan(0);
    },
  );

  test.each(rowsThatMay('invalid-parameter'))('%s names a query parameter that means nothing', async (_name, row) => {
    const reply = await call(row.method, sample(row.id), { path: `${sample(row.id).path}?nonsense=1` });
    expectProblem(reply, 'invalid-parameter');
    expect(reply.json.errors).toEqual([expect.objectContaining({ parameter: 'nonsense' })]);
  });

  test.each(rowsThatMay('unsupported-media-type'))('%s says which media types it takes', async (_name, row) => {
    const reply = await call(row.method, sample(row.id), { headers: { 'Content-Type': 'application/x-none' } });
    expectProblem(reply, 'unsupported-media-type');
    const field = acceptField(row.method).toLowerCase();
    expect(reply.headers[field]).toBe(Object.keys(row.accepts ?? {}).join(', '));
    const coded = await call(row.method, sample(row.id), { headers: { 'Content-Encoding': 'gzip' } });
    expectProblem(coded, 'unsupported-media-type');
    expect(coded.headers['accept-encoding']).toBe('identity');
  });

  test.each(rowsThatMay('malformed-body'))('%s says where a broken body breaks', async (_name, row) => {
    const { broken } = sample(row.id);
    expectProblem(await call(row.method, sample(row.id), broken), 'malformed-body');
  });

  test.each(rowsThatMay('body-too-large'))(
    '%s refuses a body by its announced length, before it comes',
    async (_name, row) => {
      const reply = await call(row.method, sample(row.id), {
        headers: { 'Content-Length': '99999999999' },
        body: Buffer.alloc(0),
      });
      expectProblem(reply, 'body-too-large');
    },
  );

  test.each(rowsThatMay('not-found'))('%s answers 404 where there is nothing', async (_name, row) => {
    const path = sample(row.id).path.replaceAll(/[0-9a-f-]{36}|not-found$/g, unknownId);
    expectProblem(await call(row.method, sample(row.id), { path }), 'not-found');
  });

  test.each(rowsThatMay('precondition-failed'))(
    '%s answers 412 where If-Match names another state',
    async (_name, row) => {
      expectProblem(
        await call(row.method, sample(row.id), { headers: { 'If-Match': '"another"' } }),
        'precondition-failed',
      );
    },
  );

  test.each(rows.filter(([, row]) => row.conditional && isSafeMethod(row.method)))(
    '%s answers 304 to If-None-Match',
    async (_name, row) => {
      const reply = await call(row.method, sample(row.id), { headers: { 'If-None-Match': '*' } });
      expect([reply.status, reply.bytes.length]).toEqual([304, 0]);
      expect(reply.headers.etag).toBeDefined();
    },
  );

  test.each(rows.filter(([, row]) => row.method === 'GET'))(
    '%s has HEAD with the same fields and no content',
    async (_name, row) => {
      const [get, head] = [await call('GET', sample(row.id)), await call('HEAD', sample(row.id))];
      // How a message is framed is no field of the representation: HEAD's has no content to be framed.
      const fields = ({ headers: { date: _, 'transfer-encoding': __, 'x-request-id': ___, ...others } }: Reply) =>
        others;
      // What is counted may have grown by a digit.
      for (const { headers } of row.id === 'getMetrics' ? [get, head] : []) delete headers['content-length'];
      expect([head.status, fields(head), head.bytes.length]).toEqual([get.status, fields(get), 0]);
    },
  );

  const shown = ({ method, answers }: Row) => method === 'GET' && 'toHtml' in (answers[200]?.body ?? {});
  test.each(rows.filter(([, row]) => shown(row)))('%s has a page for browsers', async (_name, row) => {
    // A done task's own answer leads elsewhere, with a page all the same.
    const reply = await call('GET', sample(row.id), { headers: asBrowser });
    expect([200, 303]).toContain(reply.status);
    checkPage(reply);
  });

  test.each(rows)('%s is named by OPTIONS and by the 405 of its neighbours', async (_name, row) => {
    const { path } = sample(row.id);
    const options = await service.client.call('OPTIONS', path);
    expect(options.status).toBe(204);
    const allow = (options.headers.allow ?? '').split(', ');
    expect(allow).toContain(row.method);
    expect(allow).toContain('OPTIONS');
    const absent = ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'TRACE'].filter(
      (method) => !allow.includes(method),
    );
    for (const method of absent) {
      const reply = await service.client.call(method, path);
      expectProblem(reply, 'method-not-allowed');
      expect(reply.headers.allow).toBe(options.headers.allow);
    }
  });

  test.each(rows)('%s never lets an answer be cached by accident', async (_name, row) => {
    if (row.method === 'DELETE') return;
    const reply = await call(row.method, sample(row.id));
    const { freshSeconds } = row.answers[reply.status] ?? {};
    const unsafe = freshSeconds === undefined ? 'no-store' : `private, max-age=${freshSeconds}`;
    expect(reply.headers['cache-control']).toBe(isSafeMethod(row.method) ? 'no-cache' : unsafe);
    if (reply.headers['content-type'] !== undefined) {
      expect(reply.headers.vary).toBe(row.prefers && reply.status < 400 ? 'Accept, Prefer' : 'Accept');
    }
    expect(reply.headers['x-powered-by']).toBeUndefined();
  });

  const posts = rows.filter(([, row]) => row.method === 'POST');

  test('of those that are a POST, one may be kept by a cache: that one says for how long, and of what', () => {
    const kept = posts.flatMap(([, { id, answers }]) =>
      Object.entries<Row['answers'][number]>(answers)
        .filter(([, { freshSeconds }]) => freshSeconds !== undefined)
        .map(([status, { headers }]) => [id, status, headers]),
    );
    // RFC 9110 9.3.3: explicit freshness, and Content-Location for a later GET.
    expect(kept).toEqual([['createNote', '200', ['Content-Location', 'Cache-Control', 'ETag']]]);
  });

  test.each(posts)('%s is never answered 206, 304 or 416 (RFC 9110 9.3.3)', async (_name, row) => {
    const declared = [...Object.keys(row.answers).map(Number), ...problemsOf(row).map((slug) => problems[slug].status)];
    for (const status of [206, 304, 416]) expect(declared).not.toContain(status);
    const path = sample(row.id).path;
    const { headers } = await service.client.call('GET', path);
    const fields: Record<string, string> = {
      Range: 'bytes=0-0',
      'If-None-Match': headers.etag ?? '"any"',
      'If-Modified-Since': new Date(Date.now() + 1000).toUTCString(),
      'If-Range': headers.etag ?? '"any"',
    };
    const each = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
    for (const provoking of [...each, fields, { Range: 'bytes=99999999-' }, { 'If-None-Match': '*' }]) {
      const reply = await call('POST', sample(row.id), { headers: provoking });
      expect([206, 304, 416]).not.toContain(reply.status);
      const { freshSeconds } = reply.status < 300 ? (row.answers[reply.status] ?? {}) : {};
      expect(reply.headers['cache-control']).toBe(
        freshSeconds === undefined ? 'no-store' : `private, max-age=${freshSeconds}`,
      );
    }
  });

  test.each(rows.filter(([, row]) => row.idempotencyKey))(
    '%s knows a malformed Idempotency-Key',
    async (_name, row) => {
      expectProblem(
        await call(row.method, sample(row.id), { headers: { 'Idempotency-Key': '"' } }),
        'malformed-request',
      );
    },
  );

  test.each(rowsThatMay('partial-put'))('%s replaces the whole, or nothing', async (_name, row) => {
    expectProblem(
      await call(row.method, sample(row.id), { headers: { 'Content-Range': 'bytes 0-4/10' } }),
      'partial-put',
    );
  });

  test.each(rowsThatMay('draining'))('%s takes no new work while the process shuts down', async (_name, row) => {
    service.draining = true;
    const reply = await call(row.method, sample(row.id)).finally(() => {
      service.draining = false;
    });
    expectProblem(reply, 'draining');
    expect(reply.headers).toMatchObject({ connection: 'close', 'retry-after': expect.any(String) });
  });
});

describe('what is no operation', () => {
  test('is where an id is more than a UUID, or nothing like one, however long', async () => {
    for (const id of [`${unknownId}-1`, `${unknownId}/content-1`, '-'.repeat(7_900), 'a-'.repeat(3_900)]) {
      const { status, json } = await service.client.get(`/images/${id}`);
      expect([status, json.type]).toEqual([404, `${service.client.origin}/problems/not-found`]);
    }
  });

  test('an unknown path is a 404 problem, in XML for who wants XML', async () => {
    expectProblem(await service.client.get('/nothing/here'), 'not-found');
    expectProblem(await service.client.get('/images/not-an-id'), 'not-found');
    expectProblem(await service.client.call('PATCH', '/images/tasks'), 'method-not-allowed');
    const xml = await service.client.get('/nothing', { Accept: 'application/xml' });
    expect(xml.headers['content-type']).toBe('application/problem+xml; charset=utf-8');
    expect(xml.text).toMatch(/<problem [^>]*xmlns="urn:ietf:rfc:7807"[^>]*><type>http.*\/problems\/not-found<\/type>/);
  });

  test('a path that cannot be decoded is a 400 problem', async () => {
    expectProblem(await service.client.get('/images/%E0%A4%A'), 'malformed-request');
  });

  test('a Host that is none is a 400 problem', async () => {
    const reply = await service.client.get('/', { Host: 'a b"<c>' });
    // No origin to be told: the type is a path.
    expect([reply.status, reply.json.type]).toEqual([400, '/problems/malformed-request']);
  });

  test('a browser sees a page for what goes wrong', async () => {
    const reply = await service.client.get('/problems/name-taken', {
      Accept: 'text/html,application/xml;q=0.9,*/*;q=0.8',
    });
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.text).toContain('<h1><bdi>Another image has this name</bdi></h1>');
    for (const path of ['/', '/problems']) {
      expect((await service.client.get(path, { Accept: 'text/html' })).text).toMatch(/^<!doctype html>/);
    }
  });

  test('the documents can be asked for in ranges', async () => {
    expect((await service.client.get('/openapi.json', { Range: 'bytes=0-9' })).status).toBe(206);
    expect((await service.client.get('/openapi.json', { Range: 'bytes=99999999-' })).status).toBe(416);
  });
});

describe('every operation that is counted', () => {
  let limited: Service;
  beforeAll(async () => {
    limited = await Service.start({ environment: { RATE_REQUESTS_MAX: '1', RATE_SECONDS: '86400' } });
    await limited.client.get('/images');
  });
  afterAll(() => limited.stop());

  test.each(rowsThatMay('too-many-requests'))('%s is refused to who asks too often', async (_name, row) => {
    const { path, headers = {}, body } = sample(row.id);
    const reply = await limited.client.call(row.method, path, { headers, ...(body === undefined ? {} : { body }) });
    expectProblem(reply, 'too-many-requests');
    expect(reply.headers).toMatchObject({
      ratelimit: expect.stringMatching('r=0;t='),
      'retry-after': expect.any(String),
    });
  });
});
