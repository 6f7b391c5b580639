import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.js';
import { findPostmaster } from '../../../src/database/postmaster-file.js';
import { jpeg } from '../../support/pictures.js';
import { childNamed } from '../../support/process-tree.js';
import { check } from '../check.js';
import { type Scene } from '../scene.js';

/** API8: what the machine that it runs on can see and do. */
const source = 'API8, S30';

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8).padStart(4, '0');

interface OwnDatabase {
  url: URL;
  dataDir: string;
}

/** With a database as the service makes one by itself. */
async function owning(see: (database: OwnDatabase) => Promise<string>): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'darkroom-checks-'));
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    return await see({ url: new URL(server.url), dataDir });
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function letIn(url: URL, login: { user?: string; password?: string }): Promise<boolean> {
  const { hostname: host, port } = url;
  const client = new pg.Client({ host, port: Number(port), database: 'postgres', user: url.username, ...login });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** The program, on the database of the scene, which has no key. @returns how it ended, and what it said */
function run(scene: Scene, environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const { database, dataDir } = scene.service;
  const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0', ROLE: 'api', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/src/main.js'], { env, timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

/** What a child may know of the world: how it talks to its parent, and how its libraries behave. */
const harmless = [
  'MALLOC_ARENA_MAX',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'TMPDIR',
  'VIPS_BLOCK_UNTRUSTED',
];

interface Locked {
  integrity?: string;
  inBundle?: boolean;
}

/** One that comes within another has that one's digest. */
const isLocked = ({ integrity, inBundle }: Locked): boolean =>
  inBundle === true || integrity?.startsWith('sha512-') === true;

export const machineChecks = [
  check(
    {
      id: 'database-files',
      source,
      title: 'another user reads the database',
      request: 'stat DATA_DIR/postgres.password DATA_DIR/postgres',
      expected: '0600, 0700',
    },
    () =>
      owning(async ({ dataDir }) =>
        (await Promise.all(['postgres.password', 'postgres'].map((name) => modeOf(join(dataDir, name))))).join(', '),
      ),
  ),
  check(
    {
      id: 'database-login',
      source,
      title: 'the database is asked without its password',
      request: 'psql, with no password and common ones, as each user',
      expected: 'nobody is let in',
    },
    () =>
      owning(async ({ url }) => {
        const passwords = ['', 'postgres', 'darkroom', 'password', 'admin'];
        const logins = ['darkroom', 'postgres'].flatMap((user) => passwords.map((password) => ({ user, password })));
        const tried = await Promise.all(logins.map((login) => letIn(url, login)));
        const own = await letIn(url, { password: url.password });
        return `${tried.includes(true) || !own ? 'SOMEBODY' : 'nobody'} is let in`;
      }),
  ),
  check(
    {
      id: 'database-address',
      source,
      title: 'the database is reached from elsewhere',
      request: 'show listen_addresses; who the server runs as',
      expected: '127.0.0.1, not root',
    },
    () =>
      owning(async ({ url, dataDir }) => {
        const client = new pg.Client({ connectionString: url.href });
        await client.connect();
        const { rows } = await client.query<{ listen_addresses: string }>('show listen_addresses');
        await client.end();
        const { pid } = (await findPostmaster(join(dataDir, 'postgres'))) ?? {};
        const [, uid] = /^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
        return `${rows[0]?.listen_addresses}, ${uid === '0' ? 'ROOT' : 'not root'}`;
      }),
  ),
  check(
    {
      id: 'child-environment',
      source,
      title: 'an image that takes over its process looks for secrets',
      request: 'the environment of an image process',
      expected: 'nothing but how to decode',
    },
    async () => {
      const pid = await childNamed(process.pid, /processing\/child/);
      const names = (await readFile(`/proc/${pid}/environ`, 'utf8'))
        .split('\0')
        .filter((each) => each !== '')
        .map((each) => each.split('=')[0] ?? '');
      const others = names.filter((name) => !harmless.includes(name));
      return others.length === 0 ? 'nothing but how to decode' : others.join(' ');
    },
  ),
  check(
    {
      id: 'blob-files',
      source: 'OWASP File Upload Cheat Sheet',
      title: 'another user reads or runs what was uploaded',
      request: 'stat the file of an upload',
      expected: '0600, named for its digest',
    },
    async (scene) => {
      const id = await scene.service.store(await jpeg({ seed: 815 }));
      const { digest } = (await scene.get(`/images/${id}`)).json;
      const blobs = join(scene.service.dataDir, 'blobs');
      const files = (await readdir(blobs, { recursive: true })).filter((name) => name.endsWith(digest));
      return `${await modeOf(join(blobs, files[0] ?? ''))}, ${files.length === 1 ? 'named for its digest' : 'named otherwise'}`;
    },
  ),
  ...['0.0.0.0', '::', '192.0.2.1'].map((host, at) =>
    check(
      {
        id: `listen-${at + 1}`,
        source,
        title: 'a service without keys is set up for other machines',
        request: `HOST=${host} npm start`,
        expected: 'ends with 1, and says to make a key',
      },
      async (scene) => {
        const { code, said } = await run(scene, { HOST: host });
        return `ends with ${String(code)}, and ${said.includes('npm run keys -- create') ? 'says to make a key' : 'says nothing of keys'}`;
      },
    ),
  ),
  ...[
    ['DATABASE_URL', 'mysql://darkroom:hunter2@database/darkroom'],
    ['OIDC_ISSUER', 'hunter2'],
    ['PORT', 'hunter2'],
  ].map(([name = '', value = '']) =>
    check(
      {
        id: `config-${name.toLowerCase().replaceAll('_', '-')}`,
        source: 'CWE-209',
        title: 'a secret in a variable that is wrong is written out',
        request: `${name}=${value.replace('hunter2', '{secret}')} npm start`,
        expected: 'ends with 1, names it, tells nothing of it',
      },
      async (scene) => {
        const { code, said } = await run(scene, { [name]: value });
        return `ends with ${String(code)}, ${said.includes(name) ? 'names it' : 'names nothing'}, tells ${said.includes('hunter2') ? 'ALL' : 'nothing'} of it`;
      },
    ),
  ),
  check(
    {
      id: 'packages',
      source: 'API10, CWE-494',
      title: 'a package is another one than was tried',
      request: 'package-lock.json',
      expected: 'each with its SHA-512',
    },
    async () => {
      const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
        packages: Record<string, Locked>;
      };
      const loose = Object.entries(packages).filter(([name, locked]) => name !== '' && !isLocked(locked));
      return loose.length === 0 ? 'each with its SHA-512' : loose.map(([name]) => name).join(' ');
    },
  ),
  check(
    {
      id: 'container',
      source,
      title: 'what breaks out of the program is root in its container',
      request: 'Dockerfile',
      expected: 'USER node',
    },
    async () => /^USER .*$/m.exec(await readFile('Dockerfile', 'utf8'))?.[0] ?? 'root',
  ),
];
