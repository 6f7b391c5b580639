import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventSource } from '../support/event-source.js';
import { jpeg } from '../support/pictures.js';
import { Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

test('a stream whose key is revoked tells nothing of what happens then; that of another key goes on', async () => {
  const [kept, revoked] = [await service.token(), await service.token()];
  const client = service.client.with({ Authorization: `Bearer ${kept}` });
  const image = await service.store(await jpeg(), 'image/jpeg', client);
  const { location = '' } = (await client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] }))
    .headers;
  const [one, other] = await Promise.all(
    [revoked, kept].map((token) => EventSource.open(`${location}/events`, { Authorization: `Bearer ${token}` })),
  );
  for (const source of [one, other]) await source?.until(({ type }) => type === 'progress');
  await service.revoke(revoked);
  expect((await client.call('POST', `${location}/cancel`)).status).toBe(200);
  await Promise.all([one?.closed, other?.closed]);
  expect(other?.events.at(-1)?.type).toBe('end');
  expect(one?.events.map(({ type }) => type)).toEqual(['progress']);
});
