import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { operationsSchema, parseOperations } from '../../src/processing/operations.js';

function faultsOf(input: unknown, options?: { coerce: boolean }) {
  const parsed = parseOperations(input, options);
  return 'faults' in parsed ? parsed.faults : [];
}

describe('a list of operations', () => {
  test('is taken as it is, and left as it is', () => {
    const input = Object.freeze([
      Object.freeze({ operation: 'autorotate' }),
      Object.freeze({ operation: 'resize', width: 800 }),
      Object.freeze({ operation: 'convert', format: 'webp', quality: 80 }),
    ]);
    expect(parseOperations(input)).toEqual({ operations: input });
  });

  test.each([[[]], [undefined], ['resize'], [Array.from({ length: 21 }, () => ({ operation: 'flip' }))]])(
    'holds 1 to 20: %#',
    (input) => {
      const [fault] = faultsOf(input);
      expect(fault).toMatchObject({ kind: 'invalid-member', pointer: '/operations' });
      expect(fault?.detail).toContain('a list of 1 to 20');
    },
  );

  test('reads strings as numbers and booleans when asked to, in a copy', () => {
    const input = [{ operation: 'resize', width: '400', withoutEnlargement: 'true', fit: 'cover' }];
    const untouched = structuredClone(input);
    expect(parseOperations(input, { coerce: true })).toEqual({
      operations: [{ operation: 'resize', width: 400, withoutEnlargement: true, fit: 'cover' }],
    });
    expect(input).toEqual(untouched);
    expect(faultsOf(input)).toHaveLength(2);
    expect(faultsOf([{ operation: 'resize', width: '0x10' }], { coerce: true })).toHaveLength(1);
    expect(faultsOf([{ operation: 'resize', width: '' }], { coerce: true })).toHaveLength(1);
  });
});

describe('a fault', () => {
  test.each([
    [{ operation: 'resize', width: -5 }, 'invalid-member', '/width', 'width: a whole number from 1 to 16383; got -5'],
    [{ operation: 'resize', width: 1.5 }, 'invalid-member', '/width', 'width: a whole number from 1 to 16383; got 1.5'],
    [
      { operation: 'resize', width: null },
      'invalid-member',
      '/width',
      'width: a whole number from 1 to 16383; got null',
    ],
    [{ operation: 'resize' }, 'invalid-member', '', 'resize needs width or height'],
    [{ operation: 'rotate' }, 'invalid-member', '/angle', 'angle: rotate needs it; a number from -360 to 360'],
    [
      { operation: 'resize', width: 1, fit: 'x' },
      'invalid-member',
      '/fit',
      'fit: one of inside, outside, cover, contain, fill; got "x"',
    ],
    [
      { operation: 'flatten', background: 'url(x)' },
      'invalid-member',
      '/background',
      'background: text such as #ff8800 or white; got "url(x)"',
    ],
    [
      { operation: 'flip', 'a/b~': 1 },
      'unknown-member',
      '/a~1b~0',
      '"a/b~" means nothing here; flip takes no parameters',
    ],
    [
      { operation: 'convert', format: 'jpeg', lossless: true },
      'invalid-member',
      '/lossless',
      'lossless: jpeg does not have it; it is for webp, avif, pdf',
    ],
    [
      { operation: 'convert', format: 'jpg' },
      'invalid-member',
      '/format',
      'format: one of jpeg, png, webp, avif, tiff, gif, pdf; got "jpg", did you mean "jpeg"?',
    ],
    [
      { operation: 'watermark', text: 'x'.repeat(201) },
      'invalid-member',
      '/text',
      'text: at most 200 characters; got 201',
    ],
    [
      { operation: 'ocr', languages: 'deu+en' },
      'invalid-member',
      '/languages',
      'languages: there is no data for "en" here, did you mean "eng"?; there is deu, eng, fra, spa',
    ],
  ])('is told in words: %j', (call, kind, member, detail) => {
    expect(faultsOf([{ operation: 'flop' }, call])).toEqual([{ kind, pointer: `/operations/1${member}`, detail }]);
  });

  test('knows what was meant', () => {
    expect(faultsOf([{ operation: 'greyscale' }])[0]?.detail).toMatch(/did you mean "grayscale"\?.*autorotate, resize/);
    expect(faultsOf([{ operation: 'resize', widht: 3, height: 4 }])).toEqual([
      expect.objectContaining({ kind: 'unknown-member', detail: expect.stringContaining('did you mean "width"?') }),
    ]);
    expect(faultsOf([{ operation: 'x'.repeat(100_000) }])[0]?.detail.length).toBeLessThan(500);
    expect(faultsOf([{ operation: '__proto__' }, { operation: 'flip', constructor: 1 }])).toHaveLength(2);
  });

  test('is not alone: all are told at once', () => {
    const faults = faultsOf([{ operation: 'resize', width: 0, height: 0, depth: 1 }, 7, { operation: 'emboss' }]);
    expect(faults.map(({ pointer }) => pointer).sort()).toEqual([
      '/operations/0/depth',
      '/operations/0/height',
      '/operations/0/width',
      '/operations/1',
      '/operations/2/operation',
    ]);
  });
});

test('the schema agrees with the parser', () => {
  const schema = operationsSchema();
  const validate = new Ajv({ strict: false }).compile(schema);
  expect(validate([{ operation: 'resize', width: 3 }, { operation: 'flip' }])).toBe(true);
  expect(validate([{ operation: 'resize' }])).toBe(false);
  expect(validate([{ operation: 'flip', width: 3 }])).toBe(false);
  for (const { properties } of schema.items.oneOf) {
    for (const parameter of Object.values(properties)) {
      expect(parameter.description).not.toBe('');
      if ('const' in parameter) continue;
      expect(parameter.examples.length).toBeGreaterThan(0);
      for (const example of parameter.examples)
        expect(new Ajv({ strict: false }).validate(parameter, example)).toBe(true);
    }
  }
});
