import { expect, test } from '@jest/globals';
import { isPublic } from '../../src/outbound/addresses.js';
import { hostOf } from '../../src/outbound/callback-url.js';
import { addressUrls, publicAddresses } from './payloads.js';

test.each(publicAddresses)('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

const refused = new Set(addressUrls.map((url) => hostOf(new URL(url.replace('PORT', '80')))));

test.each([...refused])('%s is not', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['', 'example.com', '127.1', '0x7f000001', '1.1.1.1/8', '[2606:4700::1]', ' 8.8.8.8'])(
  '%p is no address, and so not a public one',
  (text) => {
    expect(isPublic(text)).toBe(false);
  },
);
