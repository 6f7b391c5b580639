import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { bearerToken } from '../http/bearer.js';
import { invalidToken } from '../http/challenge.js';
import { type Doorkeeper as Role } from '../http/doorkeeper.js';
import { type Identity, local } from '../http/identity.js';
import { requireOwnHost, requireOwnSite } from '../http/own-site.js';
import { type Standing } from './api-key.js';
import { ApiKeysService } from './api-keys.service.js';

const wrong: Record<Exclude<Standing, 'valid'>, string> = {
  unknown: 'The key is not one of this service.',
  revoked: 'The key was revoked.',
  expired: 'The key has expired.',
};

/**
 * Who calls. Until a key was ever made it is whoever can reach this machine's loopback address; from then on, whoever shows
 * a key.
 */
@Injectable()
export class Doorkeeper implements Role {
  constructor(private readonly keys: ApiKeysService) {}

  /** Whether nobody is asked for a key. */
  async isOpen(): Promise<boolean> {
    return !(await this.keys.haveBeenMade());
  }

  async callerOf(request: Request): Promise<Identity | undefined> {
    if (await this.isOpen()) {
      requireOwnHost(request);
      requireOwnSite(request);
      return local;
    }
    const token = bearerToken(request.headers.authorization);
    return token === undefined ? undefined : this.bearerOf(token);
  }

  private async bearerOf(token: string): Promise<Identity> {
    const found = await this.keys.verify(token, new Date());
    if (typeof found === 'string') throw invalidToken(wrong[found]);
    return { owner: found.owner, scopes: found.scopes };
  }
}
