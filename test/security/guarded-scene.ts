import { logTo } from '../../src/log/log.js';
import { Heard } from '../log/heard.js';
import { storeText } from '../support/a-text.js';
import { type CallOptions, type Reply } from '../support/client.js';
import { everyResource } from '../support/every-resource.js';
import { Issuer } from '../support/issuer.js';
import { type Known } from '../support/samples.js';
import { type Service } from '../support/service.js';
import { TwoOwners } from '../support/two-owners.js';

/** Keys as their holders have them. Those that open something are of owner `a`. */
type Tokens = Record<'valid' | 'reading' | 'writing' | 'administering' | 'expired' | 'revoked', string>;

/** A service that lets in by keys and by an issuer's tokens, where owner `a` has one of everything. No worker: tasks wait. */
export class GuardedScene {
  private constructor(
    readonly owners: TwoOwners,
    readonly issuer: Issuer,
    readonly heard: Heard,
    private readonly known: Known,
    readonly tokens: Tokens,
  ) {}

  static async open(): Promise<GuardedScene> {
    const [heard, issuer] = [new Heard(), await Issuer.start()];
    // However many are refused here, all come from one address.
    const environment = { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'darkroom', AUTH_FAILURES_MAX: '100000' };
    const owners = await TwoOwners.start({ environment, log: logTo(heard, 'debug', 'api') });
    const known = await everyResource(owners.a, await storeText(owners.service.database.url, 'a'));
    return new GuardedScene(owners, issuer, heard, known, await tokensOf(owners.service));
  }

  get service(): Service {
    return this.owners.service;
  }

  get origin(): string {
    return this.service.client.origin;
  }

  /** With what is said and nothing else: no key comes by itself. */
  call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    return this.service.client.call(method, this.named(path), { unchecked: true, ...options });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call('GET', path, { headers });
  }

  /** What somebody does with an answer at hand, and whether anything of owner `a` is another thing after it. */
  async unchanged(act: () => Promise<string>): Promise<string> {
    const before = JSON.stringify(await this.owners.rowsOf('a'));
    const seen = await act();
    return `${seen}, ${before === JSON.stringify(await this.owners.rowsOf('a')) ? 'nothing' : 'SOMETHING'} changed`;
  }

  /** In a path or a body, what is in braces stands for an id of what owner `a` has. */
  named(text: string): string {
    const { imageId, taskId, endedTaskId, alertId, textId, queryId, reservationId, invocationIds } = this.known;
    const ids: Record<string, string> = {
      ...{ image: imageId, task: taskId, ended: endedTaskId, alert: alertId, text: textId },
      ...{ query: queryId, reservation: reservationId, invocation: invocationIds.cancel },
    };
    return text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => ids[name] ?? whole);
  }

  async stop(): Promise<void> {
    await this.owners.stop();
    await this.issuer.stop();
  }
}

export const bearing = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

async function tokensOf(service: Service): Promise<Tokens> {
  const revoked = await service.token({ owner: 'a' });
  await service.revoke(revoked);
  return {
    valid: await service.token({ owner: 'a' }),
    reading: await service.token({ owner: 'a', scopes: ['read'] }),
    writing: await service.token({ owner: 'a', scopes: ['write'] }),
    administering: await service.token({ owner: 'a', scopes: ['admin'] }),
    expired: await service.token({ owner: 'a', expiresAt: new Date(Date.now() - 1_000) }),
    revoked,
  };
}
