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
    const { operationId, responses, security } = json.paths[row.path][row.method.toLowerCase()];
    expect(operationId).toBe(row.id);
    expect(security).toHaveLength(row.open ? 0 : 2);
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

test('the document says of each operation which scope a key needs, and of those that need none, that they do not', async () => {
  const { json } = await service.client.get('/openapi.json');
  expect(json.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  const asked = (id: string, path: string, method: string) => {
    expect(json.paths[path][method].operationId).toBe(id);
    return json.paths[path][method].security;
  };
  expect(asked('listImages', '/images', 'get')).toEqual([{ bearer: ['read'] }, { basic: ['read'] }]);
  expect(asked('queryImages', '/images', 'query')).toEqual([{ bearer: ['read'] }, { basic: ['read'] }]);
  expect(asked('searchImages', '/images/search', 'post')).toEqual([{ bearer: ['read'] }, { basic: ['read'] }]);
  expect(asked('createTask', '/images/tasks', 'post')).toEqual([{ bearer: ['write'] }, { basic: ['write'] }]);
  expect(asked('livez', '/livez', 'get')).toEqual([]);
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
