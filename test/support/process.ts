import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from './client.js';
import { cloneDatabase, type TestDatabase } from './template-database.js';

export interface ProcessOptions {
  role?: 'all' | 'api' | 'worker';
  environment?: Record<string, string>;
  /** One that is there already, in the place of a new one. It is dropped at the end all the same. */
  database?: TestDatabase;
  dataDir?: string;
  /** Every file that the process writes ends there; until the limit is raised. */
  fileKilobytesMax?: number;
  /** The database and the folder of another service, which it works for. */
  beside?: { database: TestDatabase; dataDir: string };
}

/** The program as it is run: `node dist/src/main.js` in a process group of its own, on a database of its own. */
export class ServiceProcess {
  client = new Client('http://localhost');
  private child: ChildProcess | undefined;
  output = '';

  private constructor(
    readonly database: TestDatabase,
    readonly dataDir: string,
    private readonly options: ProcessOptions,
  ) {}

  static async start(options: ProcessOptions = {}): Promise<ServiceProcess> {
    const { database = await cloneDatabase() } = options.beside ?? options;
    const { dataDir = await mkdtemp(join(tmpdir(), 'darkroom-process-')) } = options.beside ?? options;
    // As root a database of its own has another user, who must get in.
    if (options.beside === undefined) await chmod(dataDir, 0o755);
    const service = new ServiceProcess(database, dataDir, options);
    await service.run();
    return service;
  }

  /** Starts it, or starts it again, on the same database and folder. */
  async run(): Promise<void> {
    const { role = 'all', environment = {}, fileKilobytesMax } = this.options;
    const main = `exec "${process.execPath}" --enable-source-maps dist/src/main.js`;
    const limit = fileKilobytesMax === undefined ? '' : `ulimit -S -f ${fileKilobytesMax * 2}; `;
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: this.database.url,
      DATA_DIR: this.dataDir,
      PORT: '0',
      ROLE: role,
      ...environment,
    };
    // The shell's ulimit counts in blocks of 512 bytes (POSIX).
    const child = spawn('sh', ['-c', limit + main], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const begun = this.output.length;
    await new Promise<void>((resolve, reject) => {
      const listen = (chunk: Buffer): void => {
        this.output += chunk.toString();
        const said = this.output.slice(begun);
        if (role === 'worker' && said.includes('this worker is ready')) resolve();
        const origin = /is ready: (http:\/\/\S+?)\/ /.exec(said.slice(said.lastIndexOf('Darkroom is ready')))?.[1];
        if (origin === undefined) return;
        this.client = new Client(origin);
        resolve();
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${this.output}`)));
    });
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Kills every process of the group at once. */
  async killAll(): Promise<void> {
    if (this.child === undefined) return;
    const exited = once(this.child, 'exit');
    process.kill(-this.pid, 'SIGKILL');
    await exited;
  }

  /** Sends SIGTERM to the first process, and tells how it ended and how long that took. */
  async terminate(): Promise<{ code: number | null; seconds: number }> {
    if (this.child === undefined) throw new Error('it does not run');
    const since = Date.now();
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    return { code, seconds: (Date.now() - since) / 1000 };
  }

  incoming(): Promise<string[]> {
    return readdir(join(this.dataDir, 'blobs', 'incoming'));
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) await this.killAll();
    if (this.options.beside !== undefined) return;
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
