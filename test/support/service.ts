import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { observerOf } from '../../src/log/observer.js';
import { type Log } from '../../src/log/log.js';
import { NestLog } from '../../src/log/nest-log.js';
import { type NestExpressApplication } from '@nestjs/platform-express';
import pg from 'pg';
import { createApp } from '../../src/app.js';
import { ApiKeysService } from '../../src/access/api-keys.service.js';
import { type KeyDetails } from '../../src/access/api-key.js';
import { type Config } from '../../src/config.js';
import { readConfig } from '../../src/read-config.js';
import { endEventStreams } from '../../src/http/event-stream.js';
import { httpSettings } from '../../src/http/settings.js';
import { TaskWatchService } from '../../src/tasks/task-watch.service.js';
import { startWorker, type Worker } from '../../src/worker.js';
import { Client, type Reply } from './client.js';
import { cloneDatabase, type TestDatabase } from './template-database.js';

export interface ServiceOptions {
  /** Whether jobs are worked on too. */
  worker?: boolean;
  environment?: Record<string, string>;
  /**
   * Whether the client leaves it to the service to do equal work once. Most tests ask for the same small work again and again,
   * and mean another task each time: their client says so with each request.
   */
  equalWork?: boolean;
  /** Another way to the database than its own URL: through a proxy, say. */
  databaseUrl?: (url: string) => string;
  /** Where it is told what happens; nowhere without. */
  log?: Log;
}

/** The whole service in this process, on a database and a folder of its own. */
export class Service {
  private constructor(
    readonly client: Client,
    readonly app: NestExpressApplication,
    readonly config: Config,
    readonly database: TestDatabase,
    readonly dataDir: string,
    private worker: Worker | undefined,
  ) {}

  static async start({
    worker = false,
    environment = {},
    equalWork = false,
    databaseUrl = (url) => url,
    log,
  }: ServiceOptions = {}): Promise<Service> {
    const database = await cloneDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'darkroom-service-'));
    const config = readConfig({
      DATA_DIR: dataDir,
      PORT: '0',
      WORKER_CONCURRENCY: '2',
      DRAIN_SECONDS: '1',
      // Many a test shows keys that are wrong.
      AUTH_FAILURES_MAX: '1000000',
      ...environment,
    });
    const url = databaseUrl(database.url);
    // What is provoked on purpose is not to be read about.
    Logger.overrideLogger(log === undefined ? false : new NestLog(log));
    const app = await createApp(config, url, log && [observerOf(log)]);
    await app.listen(0, '127.0.0.1');
    const fields = equalWork ? {} : { 'Cache-Control': 'no-cache' };
    const client = new Client((await app.getUrl()).replace('[::1]', 'localhost'), fields);
    return new Service(client, app, config, database, dataDir, worker ? await startWorker(config, url) : undefined);
  }

  /** From now on jobs are worked on. */
  async startWorker(): Promise<void> {
    this.worker = await startWorker(this.config, this.database.url);
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = undefined;
  }

  /** Whoever waits is answered, as when the process shuts down. */
  release(): void {
    this.app.get(TaskWatchService, { strict: false }).release();
    endEventStreams();
  }

  /** How many tasks somebody watches. */
  get watching(): number {
    return this.app.get(TaskWatchService, { strict: false }).watching;
  }

  /** Resolves when so many requests wait for tasks to end. */
  async waiting(count: number): Promise<void> {
    const watch = this.app.get(TaskWatchService, { strict: false });
    while (watch.waiting < count) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  set draining(draining: boolean) {
    httpSettings(this.app.getHttpAdapter().getInstance()).draining = draining;
  }

  /** @returns the id of an image that is stored now */
  async store(bytes: Buffer, mediaType = 'image/jpeg', client = this.client): Promise<string> {
    return (await client.post('/images', bytes, { 'Content-Type': mediaType })).json.id;
  }

  /**
   * A client that shows a key of its own, made for it now. The first one ends the time in which nobody is asked for a key: from
   * then on `client` is let in nowhere.
   */
  async key(details: Partial<KeyDetails> = {}): Promise<Client> {
    return this.client.with({ Authorization: `Bearer ${await this.token(details)}` });
  }

  /** A key as its holder has it. */
  async token(details: Partial<KeyDetails> = {}): Promise<string> {
    const keys = this.app.get(ApiKeysService, { strict: false });
    const defaults: KeyDetails = { owner: 'local', scopes: ['read', 'write'], name: null, expiresAt: null };
    return (await keys.make({ ...defaults, ...details }, new Date())).token;
  }

  /** The key opens nothing any more, as from another process: here that is known within a second. */
  async revoke(token: string): Promise<void> {
    await this.app.get(ApiKeysService, { strict: false }).revoke(token.split('_')[1] ?? '', new Date());
  }

  /** Follows a task to its end: the answer that is not pending any more. */
  async ended(task: string, headers: Record<string, string> = {}, client = this.client): Promise<Reply> {
    for (;;) {
      const reply = await client.get(task, headers);
      if (reply.status !== 200 || !/"state":"pending"|<state>pending/.test(reply.text)) return reply;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Holds an Idempotency-Key as a request does that has not committed yet. */
  async holdKey(path: string, key: string, owner = 'local'): Promise<{ release: () => Promise<void> }> {
    const database = new pg.Client({ connectionString: this.database.url });
    await database.connect();
    await database.query('begin');
    const scope = JSON.stringify([owner, 'POST', path, key]);
    await database.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [scope]);
    return { release: () => database.end() };
  }

  incoming(): Promise<string[]> {
    return readdir(join(this.dataDir, 'blobs', 'incoming'));
  }

  async stop(): Promise<void> {
    await this.worker?.stop();
    this.app.getHttpServer().closeAllConnections();
    await this.app.close();
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
