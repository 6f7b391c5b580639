import { type DynamicModule, Module } from '@nestjs/common';
import { type Config } from '../config.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { Doorkeeper } from './doorkeeper.js';
import { issuerKeys } from './issuer-keys.js';
import { IssuerTokens } from './issuer-tokens.js';

/** Who may use the API: keys, tokens of an issuer, and who calls. Workers have no callers. */
@Module({})
export class AccessModule {
  static forRoot({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience }: Config): DynamicModule {
    const trusted =
      issuer === undefined || audience === undefined
        ? []
        : [{ provide: IssuerTokens, useValue: new IssuerTokens(issuer, audience, issuerKeys(issuer)) }];
    return { module: AccessModule, providers: [ApiKeysRepository, ApiKeysService, Doorkeeper, ...trusted] };
  }
}
