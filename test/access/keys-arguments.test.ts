import { describe, expect, test } from '@jest/globals';
import { keysErrand, KeysUsageError, keysUsage } from '../../src/access/keys-arguments.js';

const now = new Date('2030-01-01T12:00:00Z');
const create = (...words: string[]) => keysErrand(['create', '--owner', 'ann', ...words], now);

test('a key reads and writes, and does not end, unless it is said', () => {
  const details = { owner: 'ann', scopes: ['read', 'write'], name: null, expiresAt: null };
  expect(create()).toEqual({ verb: 'create', details });
});

test.each([
  ['90d', '2030-04-01T12:00:00.000Z'],
  ['12h', '2030-01-02T00:00:00.000Z'],
  ['2030-01-31', '2030-01-31T00:00:00.000Z'],
  ['2030-01-01T12:00:01Z', '2030-01-01T12:00:01.000Z'],
])('--expires %s', (text, time) => {
  expect(create('--expires', text)).toMatchObject({ details: { expiresAt: new Date(time) } });
});

test('scopes are those that are named, in whichever order', () => {
  expect(create('--scopes', 'admin, read')).toMatchObject({ details: { scopes: ['read', 'admin'] } });
});

test('a key is revoked by its id, as list shows it or with the prefix, and by the key itself', () => {
  const id = '0123456789abcdef';
  for (const word of [id, `dk_${id}`, `dk_${id}_${'0'.repeat(64)}`]) {
    expect(keysErrand(['revoke', word], now)).toEqual({ verb: 'revoke', id });
  }
});

test.each([[[]], [['--help']], [['create', '-h']]])('%j asks how it is done', (words) => {
  expect(keysErrand(words, now)).toEqual({ verb: 'help' });
});

describe('what is wrong is said, and how it is done', () => {
  test.each([
    [['create'], 'create needs --owner.'],
    [['create', '--owner', 'https://issuer#ann'], '--owner takes'],
    [['create', '--owner', 'ann', '--scopes', 'read,everything'], '--scopes takes'],
    [['create', '--owner', 'ann', '--scopes', ''], '--scopes takes'],
    [['create', '--owner', 'ann', '--expires', 'yesterday'], '--expires takes'],
    [['create', '--owner', 'ann', '--expires', '2020-01-01'], '--expires takes'],
    [['create', '--owner', 'ann', '--expires', '0d'], '--expires takes'],
    [['create', 'ann'], 'There is a word too many.'],
    [['create', '--own', 'ann'], "Unknown option '--own'"],
    [['revoke'], 'revoke needs the id'],
    [['destroy'], 'There is no destroy.'],
  ])('%j', (words, fault) => {
    const attempt = () => keysErrand(words, now);
    expect(attempt).toThrow(KeysUsageError);
    expect(attempt).toThrow(fault);
    expect(attempt).toThrow(keysUsage);
  });
});
