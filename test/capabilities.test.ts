import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { catalogue } from '../src/processing/operations.js';
import { Service } from './support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start({
    environment: {
      ...{ FORMATS_EXTRA: 'svg', PIXELS_MAX: '1234567', FRAMES_MAX: '12', OUTPUT_PIXELS_MAX: '7654321' },
      ...{ TASK_SECONDS_MAX: '7', CHILD_BYTES_MAX: '300000000', UPLOAD_BYTES_MAX: '4321' },
    },
  });
});
afterAll(() => service.stop());

interface Format {
  name: string;
  read: boolean;
  written: boolean;
  options: string[];
}

test('formats are those that this deployment reads and writes', async () => {
  const { json } = await service.client.get('/capabilities');
  const formats: Format[] = json.formats;
  const names = (where: (format: Format) => boolean) => formats.filter(where).map(({ name }) => name);
  expect(names(({ read }) => read)).toEqual(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'bmp', 'heic', 'svg']);
  expect(names(({ written }) => written)).toEqual(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'pdf']);
  expect(formats.find(({ name }) => name === 'tiff')?.options).toEqual(['quality', 'compression', 'background']);
});

test('operations are those of the catalogue, each with the schema that a task is held to', async () => {
  const { json } = await service.client.get('/capabilities');
  expect(json.operations.map(({ name }: { name: string }) => name)).toEqual([...catalogue.keys()]);
  const { schema } = json.operations.find(({ name }: { name: string }) => name === 'resize');
  const validate = new Ajv({ strict: false }).compile(schema);
  expect([validate({ operation: 'resize', width: 9 }), validate({ operation: 'resize', width: 0 })]).toEqual([
    true,
    false,
  ]);
});

test('limits are those of the configuration', async () => {
  const { json } = await service.client.get('/capabilities');
  expect(json.limits).toEqual({
    ...{ uploadBytes: 4321, pixels: 1_234_567, frames: 12, outputPixels: 7_654_321, side: 16_383 },
    ...{ ocrPixels: 40_000_000, ocrSide: 32_767, ocrLanguages: 4 },
    ...{ operations: 20, taskSeconds: 7, memoryBytes: 300_000_000 },
  });
});

test('it is XML for whoever wants that, and not sent twice', async () => {
  const xml = await service.client.get('/capabilities', { Accept: 'application/xml' });
  expect(xml.headers['content-type']).toMatch(/^application\/xml/);
  expect(xml.text).toMatch(/<capabilities[^>]*><formats><item><name>jpeg<\/name>/);
  const { headers } = await service.client.get('/capabilities');
  const again = await service.client.get('/capabilities', { 'If-None-Match': headers.etag ?? '' });
  expect(again.status).toBe(304);
});
