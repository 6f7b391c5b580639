import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { Issuer } from './issuer.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);
const claims = ({ url }: Issuer) => ({
  ...{ iss: url, aud: 'darkroom', sub: 'ann' },
  ...{ scope: 'read write admin', exp: now() + 300 },
});

/** Tokens that no service is to take which trusts the issuer: what is wrong with each (RFC 8725), and how it is made. */
export const forged: Readonly<Record<string, (issuer: Issuer) => Promise<string>>> = {
  'of another issuer': (issuer) => issuer.token({ iss: 'https://issuer.example' }),
  'for another service': (issuer) => issuer.token({ aud: 'another' }),
  'for nobody in particular': (issuer) => issuer.token({ aud: undefined }),
  'whose time is over': (issuer) => issuer.token({ exp: now() - 60 }),
  'without an end': (issuer) => issuer.token({ exp: undefined }),
  'whose time is yet to come': (issuer) => issuer.token({ nbf: now() + 60 }),
  'without a subject': (issuer) => issuer.token({ sub: undefined }),
  'whose subject is empty': (issuer) => issuer.token({ sub: '' }),
  'whose subject is not to be written down': (issuer) => issuer.token({ sub: 'a\0b' }),
  'whose subject is endless': (issuer) => issuer.token({ sub: 'a'.repeat(256) }),
  'that nobody has signed (alg none)': (issuer) => Promise.resolve(`${part({ alg: 'none' })}.${part(claims(issuer))}.`),
  'signed with the public key as a secret (HS256)': async (issuer) => {
    const input = `${part({ alg: 'HS256', kid: issuer.key.kid })}.${part(claims(issuer))}`;
    const secret = await exportSPKI(issuer.key.publicKey);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  },
  'signed by somebody else under its kid': async (issuer) => {
    const other = await Issuer.start();
    try {
      return await other.token({ iss: issuer.url });
    } finally {
      await other.stop();
    }
  },
  'that was changed': async (issuer) => {
    const [header, , signature] = (await issuer.token()).split('.');
    return [header, part({ ...claims(issuer), sub: 'bob' }), signature].join('.');
  },
  'that asks for more than is known (crit)': (issuer) => issuer.token({}, { crit: ['urn:own'], 'urn:own': 1 }),
  'that is none': () => Promise.resolve('a.b.c'),
  'that is encrypted': () => Promise.resolve(`${part({ alg: 'dir', enc: 'A256GCM' })}..aXY.Y2lwaGVy.dGFn`),
};
