import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isLoopback } from './http/loopback.js';
import { Config, variables } from './config.js';

/** One sentence a variable; never a value, since a value may be a secret. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`The configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError with everything that is wrong, at once. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const defaults = new Config();
  const given = Object.entries(environment).filter(
    ([name, value]) => isVariable(name) && value !== undefined && value.trim() !== '',
  );
  const config = plainToInstance(
    Config,
    { ...defaults, ...Object.fromEntries(given) },
    { enableImplicitConversion: true, exposeUnsetFields: false },
  );
  const faults = validateSync(config, { validationError: { target: false, value: false } }).map(({ constraints }) =>
    Object.values(constraints ?? {}).join('; '),
  );
  if ((config.ROLE === 'api' || config.ROLE === 'worker') && config.DATABASE_URL === undefined) {
    faults.push(`ROLE=${config.ROLE} needs DATABASE_URL: several processes share one database`);
  }
  if ((config.OIDC_ISSUER === undefined) !== (config.OIDC_AUDIENCE === undefined)) {
    faults.push('OIDC_ISSUER and OIDC_AUDIENCE need each other: a token for another service is not to be taken here');
  }
  if (config.OIDC_ISSUER !== undefined && isPlainHttpElsewhere(config.OIDC_ISSUER)) {
    faults.push('OIDC_ISSUER must be https, but for one on this machine: whoever is in between could sign tokens');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function isPlainHttpElsewhere(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'http:' && !isLoopback(new URL(url).hostname);
}

function isVariable(name: string): name is keyof Config {
  return variables.some((variable) => variable === name);
}
