import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { storeText } from '../support/a-text.js';
import { Catalogue } from '../support/catalogue.js';
import { migrationSql } from '../support/migration-sql.js';
import { Service } from '../support/service.js';

/** Those that large queries brought. */
const names = ['perceptual_hash', 'image_filters', 'text_search', 'queries'];

let service: Service;
let catalogue: Catalogue;
beforeAll(async () => {
  service = await Service.start();
  catalogue = await Catalogue.open(service.database.url);
});
afterAll(async () => {
  await catalogue[Symbol.asyncDispose]();
  await service.stop();
});

test('what was stored before there were large queries is found by its words, and has no hash', async () => {
  const digest = 'e'.repeat(64);
  const id = await catalogue.add({ digest, hash: '00000000000000ff' });
  const text = await storeText(service.database.url);
  await catalogue.query(
    `insert into tasks (id, owner, operations, image_digest, estimate)
     select task_id, 'local', '[]', $1, 1 from texts where id = $2`,
    [digest, text],
  );
  await catalogue.query(
    `insert into texts (id, owner, task_id, recognition, digest, bytes, findings, expires_at)
     values ($1, 'local', $1, '{"languages":[],"pages":[]}', '', 1, '{}', now())`,
    [randomUUID()],
  );
  for (const name of names.toReversed()) await catalogue.query(await migrationSql(name, 'down'));
  for (const name of names) await catalogue.query(await migrationSql(name, 'up'));
  const { json } = await service.client.post('/images/search', { text: '"three more"' });
  expect(json.items).toEqual([expect.objectContaining({ id, texts: [`${service.client.origin}/texts/${text}`] })]);
  expect(json.items[0].hash).toBeUndefined();
  expect((await service.client.post('/images/search', { similarTo: { image: id } })).json.errors).toEqual([
    { pointer: '/similarTo/image', detail: expect.stringContaining('no perceptual hash') },
  ]);
});
