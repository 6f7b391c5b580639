import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { problemsOf } from '../src/http/contract.js';
import { isSafeMethod } from '../src/http/methods.js';
import { contractRows } from '../src/http/rows.js';
import { problems } from '../src/problem-types.js';
import { Service } from './support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

test('the committed document is the one that is served (npm run openapi writes it)', async () => {
  const { text } = await service.client.get('/openapi.json');
  expect(JSON.parse(text)).toEqual(JSON.parse(await readFile('openapi.json', 'utf8')));
});

test('the document has every contract row with every status code', async () => {
  const { json } = await service.client.get('/openapi.json');
  expect(json.openapi).toMatch(/^3\.2/);
  for (const row of contractRows()) {
    const { operationId, responses } = json.paths[row.path][row.method.toLowerCase()];
    expect(operationId).toBe(row.id);
    const refusals = problemsOf(row);
    const statuses = [
      ...Object.keys(row.answers),
      ...(row.conditional && isSafeMethod(row.method) ? ['304'] : []),
      ...refusals.map((slug) => String(problems[slug].status)),
    ];
    expect(Object.keys(responses).sort()).toEqual([...new Set(statuses)].sort());
    for (const slug of refusals) expect(responses[problems[slug].status].description).toContain(`/problems/${slug}`);
  }
});

test('every reference in the document leads somewhere, and every operation has an id of its own', async () => {
  const { json, text } = await service.client.get('/openapi.json');
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(json.components.schemas).toHaveProperty(name ?? '');
  const ids = [...text.matchAll(/"operationId": "([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('Swagger UI is served with the document inside', async () => {
  const page = await service.client.call('GET', '/docs', { unchecked: true });
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('Darkroom: the API')]);
  const script = await service.client.call('GET', '/docs/swagger-ui-init.js', { unchecked: true });
  expect(script.text).toContain('"createTask"');
});
