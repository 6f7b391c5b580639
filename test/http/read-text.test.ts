import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { readText } from '../../src/http/read-text.js';

describe('readText', () => {
  const read = (bytes: Buffer | string, charset?: string) =>
    readText(Readable.from([Buffer.from(bytes as string)]), 10, charset);

  test('decodes', async () => {
    expect(await read('\uFEFFä€')).toBe('ä€');
    expect(await read(Buffer.from([0xe4]), 'latin1')).toBe('ä');
    expect(await readText(Readable.from([Buffer.from([0xc3]), Buffer.from([0xa4])]), 2)).toBe('ä');
  });

  test('refuses what is too long, invalid or unknown', async () => {
    await expect(read('x'.repeat(11))).rejects.toMatchObject({ slug: 'body-too-large', members: { limit: 10 } });
    await expect(read(Buffer.from([0xc3, 0x28]))).rejects.toMatchObject({ slug: 'malformed-body' });
    await expect(read('x', 'klingon')).rejects.toMatchObject({ slug: 'unsupported-media-type' });
  });
});
