import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertSimilar } from './likeness.js';
import { Workbench } from './workbench.js';

// Real images of others, for those who have them beside the repository; everyone else's tests make their own.
const corpus = resolve('../shared/corpus');
const expectations = join(corpus, 'expected.json');
const decodes = existsSync(expectations)
  ? (JSON.parse(readFileSync(expectations, 'utf8')) as { file: string; decodes: boolean }[])
  : [];

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
});
afterAll(() => bench.close());

test('the corpus is here or not', () => {
  expect(decodes.length === 0).toBe(!existsSync(corpus));
});

if (decodes.length > 0) {
  describe('the corpus of sharp', () => {
    test.each(decodes)('$file decodes: $decodes', async ({ file, decodes }) => {
      const operations = [{ operation: 'autorotate' }, { operation: 'resize', width: 64 }, { operation: 'flip' }];
      const result = await bench.processing.process({
        input: join(corpus, 'sharp', file),
        output: bench.at(file),
        operations,
      });
      expect(result.ok).toBe(decodes);
    });

    test('truncated files say so, giants are named', async () => {
      const detail = async (file: string) => {
        const input = join(corpus, 'sharp', file);
        return bench.processing.process({ input, output: bench.at('x'), operations: [{ operation: 'flip' }] });
      };
      for (const file of ['truncated.jpg', 'truncated.png']) {
        expect(await detail(file)).toMatchObject({ detail: 'The image is truncated: its end is missing.' });
      }
      expect(await detail('giant-image.jpg')).toMatchObject({
        detail: 'The image has 280 megapixels (20000x14000); the limit is 50 megapixels.',
      });
      expect(await detail('relax.jp2')).toMatchObject({ detail: 'Invalid image format.' });
    });
  });

  describe('photographs of every orientation', () => {
    const files = readdirSync(join(corpus, 'orientation')).filter((file) => file.endsWith('.jpg'));
    test.each(files)('%s looks like the upright one', async (file) => {
      const make = (name: string) =>
        bench.make(join(corpus, 'orientation', name), [
          { operation: 'autorotate' },
          { operation: 'resize', width: 300 },
        ]);
      const [turned, upright] = await Promise.all([make(file), make(file.replace(/_\d/, '_1'))]);
      await assertSimilar(turned.output, upright.output, { most: 12 });
    });
  });
}
