import { describe, expect, test } from '@jest/globals';
import { faultOfUrl } from '../../src/outbound/callback-url.js';
import { misleadingNames, privateNames } from './names.js';
import { addressUrls, faultyUrls, publicAddresses } from './payloads.js';

const policies = ['refuse', 'allow'] as const;
const sentence = /^[A-Z].*\.$/;

test.each(faultyUrls)('%j is refused, also where private addresses are allowed', (url) => {
  for (const policy of policies) expect(faultOfUrl(url.replace('PORT', '8080'), policy)).toMatch(sentence);
});

describe.each([...addressUrls, ...Object.keys(privateNames).map((name) => `http://${name}:PORT/`)])(
  '%j',
  (template) => {
    const url = template.replace('PORT', '8080');

    test('is refused without asking the network', () => {
      expect(faultOfUrl(url, 'refuse')).toMatch(sentence);
    });

    test('is nothing to object to where private addresses are allowed', () => {
      expect(faultOfUrl(url, 'allow')).toBeUndefined();
    });
  },
);

test.each([
  'https://example.com',
  'http://example.com/hook?a=1&b[]=2#fragment',
  'HTTPS://EXAMPLE.COM:443/',
  'https://example.com:8443/hook',
  'https://example.com./hook',
  'https://bücher.example/|{}^`"<>',
  'http://notlocalhost.example/',
  'http://localhost.example/',
  'http://internal.example/',
  `https://example.com/${'a'.repeat(2_028)}`,
  ...Object.keys(misleadingNames).map((name) => `https://${name}/`),
  ...publicAddresses.map((address) => `http://${address.includes(':') ? `[${address}]` : address}/`),
])('%j is nothing to object to', (url) => {
  for (const policy of policies) expect(faultOfUrl(url, policy)).toBeUndefined();
});
