import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dominantColours } from '../../src/processing/dominant-colours.js';
import { colourProfileOf } from '../../src/processing/icc.js';
import { photographOf } from '../../src/processing/photograph.js';

type Entry = readonly [tag: number, type: number, count: number, value: number];

/** A big-endian TIFF whose one directory has these entries, then bytes that they may lead to. */
function block(entries: readonly Entry[], more = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(10 + entries.length * 12 + 4);
  head.write('MM\0*', 'latin1');
  head.writeUInt32BE(8, 4);
  head.writeUInt16BE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12;
    head.writeUInt16BE(tag, at);
    head.writeUInt16BE(type, at + 2);
    head.writeUInt32BE(count, at + 4);
    if (type === 3 && count === 1) head.writeUInt16BE(value, at + 8);
    else head.writeUInt32BE(value, at + 8);
  }
  return Buffer.concat([head, more]);
}

describe('what a camera has noted', () => {
  test('is read in either order of bytes, and below the sea', () => {
    const gps = block([
      [1, 2, 2, 0x4e_00_00_00],
      [2, 5, 1, 200],
      [3, 2, 2, 0x57_00_00_00],
      [4, 5, 1, 200],
      [5, 1, 1, 0x01_00_00_00],
      [6, 5, 1, 200],
    ]).subarray(8);
    const whole = Buffer.alloc(208);
    block([[0x8825, 4, 1, 40]]).copy(whole);
    gps.copy(whole, 40);
    whole.writeUInt32BE(25, 200);
    whole.writeUInt32BE(2, 204);
    expect(photographOf(whole)).toEqual({ location: { latitude: 12.5, longitude: -12.5, altitude: -12.5 } });
    expect(photographOf(block([[0x0112, 3, 1, 6]]))).toEqual({ orientation: 6 });
  });

  test('is left out where it cannot be: fractions over nothing, offsets to nowhere, degrees beyond the pole', () => {
    const nothing = Buffer.alloc(8);
    expect(photographOf(block([[0x010f, 2, 0xffff_ffff, 0xffff_fff0]]))).toBeNull();
    expect(photographOf(block([[0x8769, 4, 1, 0xffff_fff0]]))).toBeNull();
    // A directory that leads to itself.
    expect(photographOf(block([[0x8769, 4, 1, 8]]))).toBeNull();
    expect(photographOf(block([[0x829a, 5, 1, 26]], nothing))).toBeNull();
    expect(photographOf(Buffer.alloc(0))).toBeNull();
  });

  test('whatever the bytes are, reading them ends, and gives plain values', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.constantFrom('II*\0\x08\0\0\0', 'MM\0*\0\0\0\x08'), (tail, head) => {
        const found = photographOf(Buffer.concat([Buffer.from(head, 'latin1'), tail]));
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        const profile = Buffer.concat([Buffer.alloc(36), Buffer.from('acsp'), Buffer.alloc(88), tail]);
        expect(() => colourProfileOf(profile)).not.toThrow();
      }),
    );
  });
});

describe('dominant colours', () => {
  const pixels = (...colours: [hex: string, count: number][]): Uint8Array =>
    Buffer.concat(colours.map(([hex, count]) => Buffer.alloc(count * 4, Buffer.from(`${hex}ff`, 'hex'))));

  test('are the same whatever the order of the pixels, and none where all is transparent', () => {
    const [one, other] = [pixels(['ff0000', 30], ['00ff00', 10]), pixels(['00ff00', 10], ['ff0000', 30])];
    expect(dominantColours(one)).toEqual(dominantColours(other));
    expect(dominantColours(one)).toEqual([
      { hex: '#ff0000', share: 0.75 },
      { hex: '#00ff00', share: 0.25 },
    ]);
    expect(dominantColours(new Uint8Array(400))).toEqual([]);
  });

  test('what the eye takes for one is one, and a speck is none', () => {
    expect(dominantColours(pixels(['808080', 500], ['868686', 500], ['0000ff', 3]))).toEqual([
      { hex: expect.stringMatching(/^#8[1-5]/), share: 0.997 },
    ]);
  });

  test('are six at most', () => {
    const many = ['ff0000', '00ff00', '0000ff', 'ffff00', 'ff00ff', '00ffff', '000000', 'ffffff'];
    expect(dominantColours(pixels(...many.map((hex): [string, number] => [hex, 50]))).length).toBeLessThanOrEqual(6);
  });
});
