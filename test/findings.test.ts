import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type Client } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;

beforeAll(async () => {
  service = await Service.start({ worker: true });
  client = service.client;
});
afterAll(() => service.stop());

async function outcomeOf(image: Buffer, operation: string): Promise<string> {
  const accepted = await client.postForm('/images/tasks', {
    task: JSON.stringify({ operations: [{ operation }] }),
    image: { filename: 'scan.png', mediaType: 'image/png', bytes: image },
  });
  return (await service.ended(accepted.headers.location ?? '')).headers.location ?? '';
}

test('the angle by which a scan was askew is told with the outcome, in JSON and XML, until other bytes replace it', async () => {
  const scan = await sharp(await readFile('test/fixtures/scan.tif'))
    .rotate(3.2, { background: 'white' })
    .png()
    .toBuffer();
  const outcome = await outcomeOf(scan, 'deskew');
  const { angle } = (await client.get(outcome)).json.findings.deskew;
  expect(Math.abs(angle - 3.2)).toBeLessThanOrEqual(0.2);
  const xml = await client.get(outcome, { Accept: 'application/xml' });
  expect(xml.text).toContain(`<findings><deskew><angle>${angle}</angle></deskew></findings>`);

  const replaced = await client.call('PUT', outcome, {
    body: await jpeg(),
    headers: { 'Content-Type': 'image/jpeg', 'If-Match': '*' },
  });
  expect([replaced.status, replaced.json.findings]).toEqual([200, undefined]);
});

test('an outcome of which nothing was found says nothing of it', async () => {
  expect((await client.get(await outcomeOf(await png(), 'flip'))).json.findings).toBeUndefined();
});
