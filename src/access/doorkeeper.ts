import { Injectable, Optional } from '@nestjs/common';
import { type Request } from 'express';
import { basicPassword } from '../http/basic.js';
import { bearerToken } from '../http/bearer.js';
import { invalidToken } from '../http/challenge.js';
import { type Doorkeeper as Role } from '../http/doorkeeper.js';
import { type Identity, local } from '../http/identity.js';
import { requireOwnHost, requireOwnSite } from '../http/own-site.js';
import { looksLikeKey, type Standing } from './api-key.js';
import { ApiKeysService } from './api-keys.service.js';
import { IssuerTokens } from './issuer-tokens.js';

const wrong: Record<Exclude<Standing, 'valid'>, string> = {
  unknown: 'The key is not one of this service.',
  revoked: 'The key was revoked.',
  expired: 'The key has expired.',
};

/**
 * Who calls. Until a key was ever made, and where no issuer is trusted, it is whoever can reach this machine's loopback
 * address; from then on, whoever shows a key or a token: a program as a bearer, a browser as the password that it asks for.
 */
@Injectable()
export class Doorkeeper implements Role {
  constructor(
    private readonly keys: ApiKeysService,
    @Optional() private readonly issuer?: IssuerTokens,
  ) {}

  /** Whether nobody is asked for a key. */
  async isOpen(): Promise<boolean> {
    return this.issuer === undefined && !(await this.keys.haveBeenMade());
  }

  async callerOf(request: Request): Promise<Identity | undefined> {
    if (await this.isOpen()) {
      requireOwnHost(request);
      requireOwnSite(request);
      return local;
    }
    const { authorization } = request.headers;
    const token = bearerToken(authorization);
    if (token !== undefined) return this.bearerOf(token);
    const password = basicPassword(authorization);
    if (password === undefined) return undefined;
    // From now on the browser sends it by itself, whoever has it send a request.
    requireOwnSite(request);
    return this.bearerOf(password);
  }

  private async bearerOf(token: string): Promise<Identity> {
    if (this.issuer !== undefined && !looksLikeKey(token)) {
      const found = await this.issuer.verify(token);
      if ('wrong' in found) throw invalidToken(found.wrong);
      return found.identity;
    }
    const found = await this.keys.verify(token, new Date());
    if (typeof found === 'string') throw invalidToken(wrong[found]);
    return { owner: found.owner, scopes: found.scopes };
  }
}
