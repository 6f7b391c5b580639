import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { cases } from '../src/guide/cases.js';
import { isCallback } from '../src/guide/example.js';
import { allOf, CaseRecorder } from './support/case-recorder.js';
import { type Client } from './support/client.js';
import { guideTables, type Recorded, withTables } from './support/guide-tables.js';
import { asBrowser, checkPage } from './support/page-check.js';
import { Service } from './support/service.js';

const all = allOf(cases);
const readRecorded = async (): Promise<Recorded> => JSON.parse(await readFile('src/guide/exchanges.json', 'utf8'));

describe('what the guide to POST shows', () => {
  let recorder: CaseRecorder;
  let recorded: Recorded;
  beforeAll(async () => {
    recorder = await CaseRecorder.open();
    recorded = await readRecorded();
  });
  afterAll(() => recorder.close());

  test.each(all.map((each) => [each.id, each] as const))('%s is answered so, field by field', async (id, each) => {
    expect(await recorder.record(each)).toEqual(recorded[id]);
  });

  test('can be typed as it stands: curl would take a value that begins with < for the name of a file', () => {
    const requests = Object.values(recorded).flatMap((exchanges) => exchanges.map(({ request }) => request));
    for (const request of requests) expect(request).not.toMatch(/ -F '?[^=]+=</);
    expect(requests.join('\n')).toContain(" --form-string 'task=<task>");
  });

  test('has no recording of a case that it does not show', () => {
    expect(Object.keys(recorded)).toEqual(all.map(({ id }) => id));
  });

  test('stands in the README too', async () => {
    const readme = await readFile('README.md', 'utf8');
    expect(readme).toBe(withTables(readme, guideTables(cases, recorded)));
  });
});

test('each success is answered by the statuses that its row of the table names', () => {
  for (const { id, service, client, steps } of cases.successes) {
    const [first] = steps.filter((step) => !isCallback(step));
    const callback = steps.find(isCallback);
    expect([id, String(first?.status), String(callback?.status ?? '')]).toEqual([id, service, client]);
  }
});

describe('/docs/post', () => {
  let service: Service;
  let client: Client;
  beforeAll(async () => {
    service = await Service.start();
    client = service.client;
  });
  afterAll(() => service.stop());

  test('has every case with its request and its answer, in any form', async () => {
    const recorded = await readRecorded();
    const { json } = await client.get('/docs/post');
    const shown = [...json.successes, ...json.specified, ...json.practised];
    expect(shown.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    for (const { id, exchanges } of shown) {
      const asked = exchanges.map(({ request, answer }: { request: string; answer: string }) => ({ request, answer }));
      expect(asked).toEqual(recorded[id]);
    }
    const page = await client.get('/docs/post', asBrowser);
    checkPage(page);
    for (const { id } of shown) expect(page.text).toMatch(new RegExp(`<a href="#${id}">[^]*<section id="${id}">`));
    expect((await client.get('/docs/post', { Accept: 'application/xml' })).text).toContain(
      '<title>The cacheable POST</title>',
    );
  });

  test('leads to the operations in Swagger UI, and is led to by the first page', async () => {
    const { json } = await client.get('/docs/post');
    const document = (await client.get('/openapi.json')).json;
    const known = Object.values<Record<string, { operationId: string; tags: string[] }>>(document.paths).flatMap(
      (methods) =>
        Object.values(methods).map(({ operationId, tags }) => `${client.origin}/docs#/${tags[0]}/${operationId}`),
    );
    const links = [...json.successes, ...json.specified, ...json.practised].flatMap(({ exchanges }) =>
      exchanges.flatMap(({ documentation }: { documentation?: string }) => documentation ?? []),
    );
    expect(links.length).toBeGreaterThan(20);
    for (const link of links) expect(known).toContain(link);
    expect((await client.get('/')).json.links.post).toBe(`${client.origin}/docs/post`);
    expect((await client.get('/', asBrowser)).text).toContain('href="/docs/post"');
  });
});
