import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { canonicalColour, colourSchema } from '../../src/processing/colour.js';
import { normalForm } from '../../src/processing/normal-form.js';
import { type OperationCall } from '../../src/processing/operation.js';
import { catalogue } from '../../src/processing/operations.js';
import { cases, logo, sources } from './gallery-cases.js';
import { Workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

/** The pixels that operations make, and how they are written. */
async function made(input: string, operations: readonly OperationCall[]): Promise<Buffer> {
  const { output } = await bench.make(input, [...operations], { [logo]: sources.transparent });
  return readFile(output);
}

/** A call with each of its defaults written out that it may have beside what it says. */
function writtenOut(call: OperationCall): OperationCall {
  const operation = catalogue.get(call.operation);
  return Object.entries(operation?.schema.properties ?? {}).reduce((full, [name, schema]) => {
    if (name in full || !('default' in schema)) return full;
    const next = { ...full, [name]: schema.default };
    const { errors, misfits } = operation?.faults(next) ?? { errors: [], misfits: [] };
    return errors.length + misfits.length > 0 ? full : next;
  }, call);
}

describe('what has one normal form has one outcome', () => {
  test.each(Object.entries(cases))(
    '%s, and the same with its defaults written out',
    async (_name, { source, operations }) => {
      const full = operations.map(writtenOut);
      expect(normalForm(full)).toEqual(normalForm(operations));
      expect((await made(sources[source], full)).equals(await made(sources[source], operations))).toBe(true);
    },
  );

  const names = new RegExp(colourSchema.pattern).source.match(/[a-z]{3,}/g) ?? [];
  test.each([...names, '#f80', '#F80c', '#ff8800ff', '#ABCDEF'])(
    'the colour %s and its canonical notation',
    async (colour) => {
      const canonical = canonicalColour(colour);
      expect(canonical).toMatch(/^#[0-9a-f]{6}([0-9a-f]{2})?$/);
      const input = await bench.file(sharp({ create: { width: 4, height: 4, channels: 4, background: 'red' } }).png());
      const extend = { operation: 'extend', top: 4 };
      const [one, other] = [[{ ...extend, background: colour }], [{ ...extend, background: canonical }]];
      expect((await made(input, one)).equals(await made(input, other))).toBe(true);
      expect(normalForm(one)).toEqual(normalForm(other));
    },
  );
});

test('what says something else has another normal form', () => {
  const different: OperationCall[][] = [
    [{ operation: 'resize', width: 10 }],
    [{ operation: 'resize', height: 10 }],
    [{ operation: 'resize', width: 10, fit: 'fill' }],
    [{ operation: 'resize', width: 10, fit: 'contain', background: '#00000001' }],
    [{ operation: 'resize', width: 10 }, { operation: 'flip' }],
    [{ operation: 'flip' }, { operation: 'resize', width: 10 }],
    [{ operation: 'convert', format: 'webp' }],
    [{ operation: 'convert', format: 'webp', lossless: true }],
  ];
  expect(new Set(different.map((operations) => JSON.stringify(normalForm(operations)))).size).toBe(different.length);
});
