import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

type Alg = 'RS256' | 'ES256';

interface SigningKey {
  kid: string;
  alg: Alg;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

/** An OpenID Connect issuer on this machine: its discovery document, its keys, and tokens that it signs. */
export class Issuer {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  /** What the discovery document says beside, or instead of, what is true. */
  discovery: Record<string, unknown> = {};
  /** Whether it answers 500 to everything. */
  broken = false;
  private keys: SigningKey[] = [];

  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Issuer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new Issuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/us`);
    server.on('request', (request, response) => void issuer.answer(request.url ?? '', response));
    await issuer.rotate('first');
    return issuer;
  }

  /** From now on it signs with another key, and publishes that one alone. */
  async rotate(kid: string, alg: Alg = 'ES256'): Promise<void> {
    this.keys = [{ kid, alg, ...(await generateKeyPair(alg, { extractable: true })) }];
  }

  get key(): SigningKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error('it has no key');
    return key;
  }

  /** A token that is good for five minutes, but for what is said. A claim that is undefined is left out. */
  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: 'darkroom', sub: 'ann', scope: 'openid read write', iat: now, exp: now + 300 };
    return (
      new SignJWT(JSON.parse(JSON.stringify({ ...all, ...claims })) as JWTPayload)
        .setProtectedHeader({ alg: this.key.alg, kid: this.key.kid, ...header })
        // An extension of the issuer's own, which whoever reads it has to know.
        .sign(this.key.privateKey, { crit: { 'urn:own': true } })
    );
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(path: string, response: http.ServerResponse): Promise<void> {
    this.asked.push(path);
    const discovery = { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.discovery };
    const keys = await Promise.all(
      this.keys.map(async ({ kid, alg, publicKey }) => ({ kid, alg, use: 'sig', ...(await exportJWK(publicKey)) })),
    );
    const found: Record<string, object> = {
      '/realms/us/.well-known/openid-configuration': discovery,
      '/realms/us/keys': { keys },
    };
    const document = this.broken ? undefined : found[path];
    response.writeHead(this.broken ? 500 : document === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  }
}
