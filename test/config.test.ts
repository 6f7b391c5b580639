import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { readFileSync } from 'node:fs';
import { Config, type Role, variables } from '../src/config.js';
import { ConfigError, readConfig } from '../src/read-config.js';

const databaseUrl = 'postgres://darkroom@database/darkroom';

/** Their default cannot be written down, for it depends on the machine. */
const perMachine: readonly string[] = ['WORKER_CONCURRENCY', 'PREVIEW_CONCURRENCY'];

/** What is said of a configuration that is wrong. */
function refusal(environment: Record<string, string>): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`taken: ${JSON.stringify(environment)}`);
}

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const assignments = lines.flatMap((line) => {
    const [, name, value] = /^# ([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });

  test('names every variable of config.ts and no other, in the same order', () => {
    expect(assignments.map(({ name }) => name)).toEqual(variables);
  });

  test('gives each its default', () => {
    const defaults = readConfig({});
    expect(assignments).toEqual(
      variables.map((name) => ({ name, value: perMachine.includes(name) ? '' : String(defaults[name] ?? '') })),
    );
  });

  test('says of each in the one line before it what it is', () => {
    for (const { name, value } of assignments) {
      const at = lines.indexOf(`# ${name}=${value}`);
      expect([name, ...lines.slice(at - 2, at)]).toEqual([name, '', expect.stringMatching(/^# .+\.$/)]);
    }
  });

  test('sets nothing by itself', () => {
    expect(lines.filter((line) => line !== '' && !line.startsWith('# '))).toEqual([]);
  });
});

test('every variable that is declared is read, in the order in which it is declared', () => {
  const validated = getMetadataStorage().getTargetValidationMetadatas(Config, '', true, false);
  expect(variables).toEqual([...new Set(validated.map(({ propertyName }) => propertyName))]);
});

describe('what is taken', () => {
  test('nothing at all: everything has a default', () => {
    expect(readConfig({})).toEqual(new Config());
    expect(readConfig({})).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', ROLE: 'all', DATA_DIR: '.data' });
  });

  test('what is not ours is left alone', () => {
    expect(readConfig({ PATH: '/bin', npm_lifecycle_event: 'start', port: '1', __proto__: 'x' })).toEqual(new Config());
  });

  test('set to nothing is as good as not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', PUBLIC_URL: '', ROLE: '' })).toEqual(new Config());
  });

  test('numbers are read as numbers, and digits as text where text is meant', () => {
    expect(readConfig({ PORT: '0', DRAIN_SECONDS: '30', DATA_DIR: '2024', HOST: '0' })).toMatchObject({
      PORT: 0,
      DRAIN_SECONDS: 30,
      DATA_DIR: '2024',
      HOST: '0',
    });
  });

  test.each([
    { PUBLIC_URL: 'https://images.example.org' },
    { PUBLIC_URL: 'http://localhost:3000' },
    { OIDC_ISSUER: 'https://login.example.org/realms/us', OIDC_AUDIENCE: 'darkroom' },
    { OIDC_ISSUER: 'http://localhost:8080/realms/us', OIDC_AUDIENCE: 'darkroom' },
    { DATABASE_URL: databaseUrl },
    { FORMATS_EXTRA: 'pdf' },
    { FORMATS_EXTRA: 'svg,pdf' },
    { DATABASE_URL: 'postgresql://darkroom:s%40cret@127.0.0.1:5433/darkroom?sslmode=require' },
    { DATABASE_URL: 'postgres://darkroom:secret@db_1:5432/darkroom' },
    { DATABASE_URL: 'postgres:///darkroom?host=/var/run/postgresql' },
  ])('%j', (environment) => {
    expect(readConfig(environment)).toMatchObject(environment);
  });

  test.each<Role>(['all', 'api', 'worker'])('ROLE=%s, with a database', (role) => {
    expect(readConfig({ ROLE: role, DATABASE_URL: databaseUrl }).ROLE).toBe(role);
  });
});

describe('what is refused', () => {
  test.each([
    ['PORT', 'eighty'],
    ['PORT', '80.5'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', 'Infinity'],
    ['PUBLIC_URL', 'images.example.org'],
    ['PUBLIC_URL', 'ftp://images.example.org'],
    ['ROLE', 'queen'],
    ['DATABASE_URL', 'mysql://localhost/darkroom'],
    ['UPLOAD_BYTES_MAX', '64MB'],
    ['UPLOAD_BYTES_MAX', '0'],
    ['PIXELS_MAX', '0'],
    ['FRAMES_MAX', '0'],
    ['OUTPUT_PIXELS_MAX', '100MP'],
    ['FORMATS_EXTRA', 'exe'],
    ['FORMATS_EXTRA', 'pdf,'],
    ['TASK_SECONDS_MAX', '86401'],
    ['WORKER_CONCURRENCY', '0'],
    ['RESULT_TTL', '7d'],
    ['DRAIN_SECONDS', '601'],
  ])('%s=%s', (name, value) => {
    expect(refusal({ DATABASE_URL: databaseUrl, [name]: value }).faults).toEqual([expect.stringMatching(`^${name} `)]);
  });

  test.each(['api', 'worker'])('ROLE=%s without a database', (role) => {
    expect(refusal({ ROLE: role }).message).toMatch(`ROLE=${role} needs DATABASE_URL`);
  });

  test.each([
    [{ OIDC_ISSUER: 'https://login.example.org' }, 'need each other'],
    [{ OIDC_AUDIENCE: 'darkroom' }, 'need each other'],
    [{ OIDC_ISSUER: 'http://login.example.org', OIDC_AUDIENCE: 'darkroom' }, 'must be https'],
  ])('%j', (environment, fault) => {
    expect(refusal(environment).message).toMatch(fault);
  });

  test('all that is wrong is said at once, a line a variable', () => {
    const { faults, message } = refusal({ PORT: 'x', PUBLIC_URL: 'x', DATABASE_URL: 'x', RESULT_TTL: 'x', ROLE: 'x' });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'PORT',
      'PUBLIC_URL',
      'ROLE',
      'DATABASE_URL',
      'RESULT_TTL',
    ]);
    expect(message.split('\n')).toHaveLength(1 + faults.length);
  });

  test('a role that there is not is one fault: whether it needs a database is not known', () => {
    expect(refusal({ ROLE: 'queen' }).faults).toHaveLength(1);
  });

  test.each(variables)('%s: what it was set to is never said, for it may be a secret', (name) => {
    // Of a text anything is taken; what else is wrong makes the refusal.
    const { message, faults } = refusal({ PORT: 'hunter2', [name]: 'hunter2' });
    expect(`${message} ${faults.join()}`).not.toMatch('hunter2');
  });

  test('the password of a URL that cannot be read is not said', () => {
    expect(refusal({ DATABASE_URL: 'psql://darkroom:hunter2@database/darkroom' }).message).not.toMatch('hunter2');
  });
});
