import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { dataSource } from '../../src/database/data-source.js';
import { QueriesRepository } from '../../src/queries/queries.repository.js';
import { type ImageQuery } from '../../src/queries/query.js';
import { fillCatalogue } from '../support/fill-catalogue.js';
import { cloneDatabase, type TestDatabase } from '../support/template-database.js';

/** As many as a planner takes seriously. */
const rows = 20_000;

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await cloneDatabase();
  source = await dataSource(database.url, 'plans').initialize();
  for (const statement of fillCatalogue(rows)) await source.query(statement);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const plan = async (query: ImageQuery): Promise<string> => {
  const selection = new QueriesRepository(source).selection('local', query, { limit: 20 });
  const [sql, parameters] = selection.getQueryAndParameters();
  const lines: { 'QUERY PLAN': string }[] = await source.query(`explain ${sql}`, parameters);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
};

test.each<[string, string, ImageQuery]>([
  ['hashes that are near', 'images_bands', { similarTo: { hash: '0123456789abcdef', distance: 11 } }],
  ['the same hash', 'images_bands', { similarTo: { hash: '0123456789abcdef', distance: 0 } }],
  ['rare words', 'texts_words', { text: 'word777 word4242' }],
  ['a phrase', 'texts_words', { text: '"word777 word4242"' }],
  ['a part of a name', 'images_name_parts', { name: '*19999.jp?g' }],
  ['a name', 'images_name', { name: 'IMG_19999.jpeg' }],
  ['a part of a label', 'images_label_parts', { labels: { album: '*1234?' } }],
  ['digests', 'images_digest', { digests: ['ab'.repeat(32)] }],
  ['ids', 'images_list', { ids: ['01a00000-0000-7000-8000-000000000000'] }],
  ['a narrow range', 'images_bytes', { bytes: { min: 5000, max: 5001 } }],
  ['a narrow time', 'images_created', { created: { after: '2020-01-01T00:00:00Z', before: '2020-01-02T00:00:00Z' } }],
  ['a narrow time of changes', 'images_modified', { modified: { before: '2020-01-02T00:00:00Z' } }],
  ['a narrow width', 'images_width', { width: { min: 700, max: 700 } }],
  ['a narrow height', 'images_height', { height: { min: 700, max: 700 } }],
  ['a rare media type', 'images_media_type', { mediaTypes: ['image/bmp'] }],
])('%s are found by the index %s', async (_name, index, query) => {
  const found = await plan(query);
  expect(found).toContain(index);
  expect(found).not.toContain('Seq Scan');
});

test('all that is said of an image at once begins at an index', async () => {
  const found = await plan({ name: 'IMG_*', width: { min: 1 }, similarTo: { hash: '0123456789abcdef', distance: 8 } });
  expect(found).toContain('images_bands');
  expect(found).not.toContain('Seq Scan');
});
