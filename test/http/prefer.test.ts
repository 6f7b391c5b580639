import { describe, expect, test } from '@jest/globals';
import { preferenceApplied, type Preferences, preferencesOf } from '../../src/http/prefer.js';

const parsed = (prefer?: string): Preferences =>
  preferencesOf({ headers: { prefer } }, ['wait', 'respond-async', 'return']);

describe('Prefer (RFC 7240)', () => {
  test.each<[string | undefined, Preferences]>([
    [undefined, {}],
    ['', {}],
    ['wait=10', { wait: 10 }],
    ['Wait = 10', { wait: 10 }],
    ['wait="10"', { wait: 10 }],
    // Parameters of a preference are not its value.
    ['wait=10; foo=bar', { wait: 10 }],
    ['wait=10;foo="a,b;c", respond-async', { wait: 10, respondAsync: true }],
    ['foo="wait=5, wait=6", wait=7', { wait: 7 }],
    // Of one that is repeated the first counts.
    ['wait=1, wait=2', { wait: 1 }],
    // Longer than anything here waits.
    ['wait=600', { wait: 30 }],
    ['wait=0', { wait: 0 }],
    // What is no such preference is ignored.
    ['wait', {}],
    ['wait=-1', {}],
    ['wait=1.5', {}],
    ['wait=soon', {}],
    ['respond-async=yes', {}],
    ['respond-async', { respondAsync: true }],
    ['return=minimal', { return: 'minimal' }],
    ['RETURN=representation', { return: 'representation' }],
    ['return=everything', {}],
    // Both are neither.
    ['return=minimal, return=representation', {}],
    ['return=minimal, return=minimal', { return: 'minimal' }],
    ['handling=strict, , ;, =3, "x", wait=4', { wait: 4 }],
    ['wait="1', {}],
  ])('%j', (field, expected) => {
    expect(parsed(field)).toEqual(expected);
  });

  test('knows nothing that its row does not honour', () => {
    expect(preferencesOf({ headers: { prefer: 'wait=3' } }, ['return'])).toEqual({});
  });

  test('is read in time that follows its length', () => {
    for (const hostile of [`a;${' '.repeat(16_000)}x`, `${'"'.repeat(16_000)}`, `wait${' '.repeat(16_000)}=`]) {
      expect(parsed(hostile)).toEqual({});
    }
  });

  test('is answered with what was applied, without parameters', () => {
    expect(preferenceApplied({ wait: 5, respondAsync: true, return: 'minimal' }, 202)).toBe(
      'respond-async, wait=5, return=minimal',
    );
    expect(preferenceApplied({ wait: 5, respondAsync: true }, 303)).toBe('wait=5');
    expect(preferenceApplied({ wait: 5 }, 201)).toBe('');
    expect(preferenceApplied({}, 200)).toBe('');
  });
});
