import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose';

/** Times of an issuer's keys, ms. */
export interface IssuerTimes {
  /** For the discovery document and the keys together: a caller waits meanwhile. */
  timeout: number;
  /** Keys are read again after so long. */
  keep: number;
  /** A token whose key is not known has them read again, but not before. */
  cooldown: number;
  /** An issuer that did not answer is left alone for so long. */
  afterFailure: number;
}

const usualTimes: IssuerTimes = { timeout: 2_000, keep: 600_000, cooldown: 10_000, afterFailure: 1_000 };

type FetchOptions = Parameters<FetchImplementation>[1];

/**
 * The public keys of an issuer, by way of its discovery document (OpenID Connect Discovery 1.0, 4), which is asked for again
 * each time that they are read. Whatever a token says of where its keys are (`jku`, `x5u`, `jwk`) leads nowhere.
 * @param monotonicMs a clock that never goes back
 */
export function issuerKeys(
  issuer: string,
  { timeout, keep, cooldown, afterFailure }: IssuerTimes = usualTimes,
  monotonicMs: () => number = () => performance.now(),
): JWTVerifyGetKey {
  let failed: { error: unknown; atMs: number } | undefined;
  const read: FetchImplementation = async (url, options) => {
    if (failed !== undefined && monotonicMs() - failed.atMs < afterFailure) throw failed.error;
    try {
      return await fetched(await keysUrl(issuer, url, options), options);
    } catch (error) {
      failed = { error, atMs: monotonicMs() };
      throw error;
    }
  };
  return createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`), {
    timeoutDuration: timeout,
    cacheMaxAge: keep,
    cooldownDuration: cooldown,
    [customFetch]: read,
  });
}

async function keysUrl(issuer: string, discovery: string, options: FetchOptions): Promise<string> {
  const found: unknown = await (await fetched(discovery, options)).json();
  const [named, keys] = ['issuer', 'jwks_uri'].map((name): unknown =>
    typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined,
  );
  // 4.3: else another issuer could speak for this one.
  if (named !== issuer) throw new Error('its discovery document names another issuer than OIDC_ISSUER');
  if (typeof keys !== 'string' || !URL.canParse(keys)) throw new Error('its discovery document has no jwks_uri');
  if (new URL(keys).protocol !== new URL(issuer).protocol) throw new Error('its jwks_uri has another scheme');
  return keys;
}

async function fetched(url: string, options: FetchOptions): Promise<Response> {
  const response = await fetch(url, options);
  if (response.status !== 200) throw new Error(`it answered ${response.status}`);
  return response;
}
