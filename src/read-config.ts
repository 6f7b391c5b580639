import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
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
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function isVariable(name: string): name is keyof Config {
  return variables.some((variable) => variable === name);
}
