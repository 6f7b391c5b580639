import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../src/database/postmaster-file.js';
import { Receiver } from '../test/support/receiver.js';
import { cloneDatabase, type TestDatabase } from '../test/support/template-database.js';
import { type Allowances } from './checker.js';
import { type Chance } from './chance.js';
import { Ledger } from './ledger.js';
import { Load } from './load.js';
import { freePort, Program, type ProgramOptions, signal } from './program.js';
import { Sql } from './sql.js';
import { Watchers } from './watchers.js';

/** Whatever happened: after so long it works again, ms. */
const recoveryMs = 30_000;

/** What the program takes to start, on two quiet cores and a bit, ms. */
const startMs = 2_000;

export interface Start {
  /** `own`: the one that the program runs by itself; a drill that wants to stand between names the way to it. */
  database?: 'own' | ((url: string) => string);
  role?: ProgramOptions['role'];
  environment?: Record<string, string>;
  /** The client goes there in place of the program's own port. */
  client?: (origin: string) => Promise<string>;
}

/** Where a drill takes place: the program on a database and a folder of its own, its client, and a receiver of its callbacks. */
export class Scene implements AsyncDisposable {
  readonly ledger: Ledger;
  readonly allowances: Allowances = { answerMs: 12_000, clock: true };
  /** Found by the drill itself. */
  readonly complaints: string[] = [];
  /** Seconds, one for each time that it was waited for. */
  readonly recoveries: number[] = [];
  faults = 0;
  /** A process was killed in the middle of whatever it did: what it was making is there until it is swept. */
  killed = false;
  /** How many times slower than two quiet cores this machine is just now; limits of time are stretched by it. */
  slowness = 1;
  program!: Program;
  load!: Load;
  sql!: Sql;
  watchers!: Watchers;
  databaseUrl = '';
  private readonly programs: Program[] = [];
  private readonly disposals: (() => unknown)[] = [];
  private database: TestDatabase | undefined;

  private constructor(
    readonly folder: string,
    readonly chance: Chance,
    readonly receiver: Receiver,
  ) {
    this.ledger = new Ledger(join(folder, 'ledger.jsonl'));
  }

  static async open(folder: string, chance: Chance): Promise<Scene> {
    return new Scene(folder, chance, await Receiver.start());
  }

  private get logFile(): string {
    return join(this.folder, 'service.log');
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Starts the program and the client. */
  async start({ database, role = 'all', environment = {}, client }: Start = {}): Promise<Program> {
    if (database !== 'own') this.database = await cloneDatabase();
    const url = this.database?.url;
    const way = typeof database === 'function' ? database(url ?? '') : url;
    const began = performance.now();
    this.program = await this.add({ role, databaseUrl: way, environment });
    this.slowness = Math.max(1, (performance.now() - began) / startMs);
    this.allowances.answerMs *= this.slowness;
    this.databaseUrl = url ?? (await this.program.embeddedUrl());
    this.sql = new Sql(this.databaseUrl);
    const origin = (await client?.(this.program.origin)) ?? this.program.origin;
    this.load = new Load(origin, this.ledger, this.receiver, this.chance.branch(), this.slowness);
    this.watchers = new Watchers(origin);
    await this.load.begin();
    return this.program;
  }

  /** Another process of the program, on the same database and folder. */
  async add(
    options: Pick<ProgramOptions, 'role' | 'environment'> & { databaseUrl?: string | undefined },
  ): Promise<Program> {
    const environment = {
      CALLBACK_PRIVATE_ADDRESSES: 'allow',
      CALLBACK_RETRY_SECONDS: '0,0,1,1,1,2,2,2',
      CALLBACK_SECONDS_MAX: '2',
      WORKER_CONCURRENCY: '2',
      DRAIN_SECONDS: '1',
      NO_COLOR: '1',
      ...options.environment,
    };
    const place = { dataDir: this.dataDir, log: this.logFile };
    const program = new Program({ ...place, ...options, port: await freePort(), environment });
    this.programs.push(program);
    await program.run();
    return program;
  }

  /** After all of it was killed, or has ended. Its own database comes up at another port. */
  async restart(): Promise<void> {
    await this.program.run();
    if (this.database !== undefined) return;
    await this.sql[Symbol.asyncDispose]();
    this.databaseUrl = await this.program.embeddedUrl();
    this.sql = new Sql(this.databaseUrl);
  }

  /** What is to be given back at the end. */
  readonly defer = (disposal: () => unknown): void => void this.disposals.push(disposal);

  /** SIGKILL, for all of them at once. */
  kill(pids: readonly number[]): void {
    this.faults += 1;
    this.killed = true;
    signal(pids, 'SIGKILL');
  }

  /** Whether the program itself has killed a part of it that took too long to end. */
  async hadToKill(): Promise<boolean> {
    return /and is killed"/.test(await readFile(this.logFile, 'utf8'));
  }

  /** Waits until these processes are there no more. */
  async gone(pids: readonly number[]): Promise<void> {
    const limitMs = recoveryMs * this.slowness;
    for (const until = performance.now() + limitMs; performance.now() < until; await sleep(20))
      if (pids.every((pid) => !isAlive(pid))) return;
    this.complaints.push(`processes that were to end are still there: ${pids.filter(isAlive).join()}`);
  }

  /** Where it does not hold, the drill has failed. */
  readonly expect = (holds: boolean, otherwise: string): void => {
    if (!holds) this.complaints.push(otherwise);
  };

  /** Every request that was in hand between two times, ms since 1970, had its answer in so long, ms. */
  expectPromptly(from: number, to: number, promptMs: number): void {
    const limitMs = promptMs * this.slowness;
    const waits = this.ledger.entries
      .filter(({ time, ms }) => time < to && time + ms > from)
      .map(({ time, ms }) => time + ms - Math.max(time, from));
    const late = waits.filter((wait) => wait > limitMs);
    const worst = Math.round(Math.max(0, ...late));
    this.expect(
      late.length === 0,
      `${late.length} requests waited for more than ${Math.round(limitMs)} ms, up to ${worst}`,
    );
  }

  /** Waits until a task that is asked for now has ended: from the fault on, that is how long it took. */
  async recovered(since: number): Promise<void> {
    const id = await this.load.insist(await this.load.next({ manner: 'post' }));
    await this.ended(id);
    const seconds = (performance.now() - since) / 1000;
    this.recoveries.push(seconds);
    this.expect(seconds * 1000 < recoveryMs * this.slowness, `it took ${seconds.toFixed(1)} s to recover`);
  }

  /** Waits for the end of a task, as its client sees it. */
  async ended(id: string): Promise<string> {
    const limitMs = recoveryMs * this.slowness;
    for (const until = performance.now() + limitMs; performance.now() < until; await sleep(40)) {
      const reply = await this.load.get(`/images/tasks/${id}/status`);
      if (reply?.status === 200 && reply.json.state !== 'pending') return String(reply.json.state);
    }
    this.complaints.push(`task ${id} has not ended in ${Math.round(limitMs / 1000)} s`);
    return 'pending';
  }

  /** Waits until there is nothing left to be done; what is left all the same is for the checker to find. */
  async settle(): Promise<void> {
    const limitMs = recoveryMs * this.slowness;
    await this.sql.untilNone("select from tasks where state = 'pending'", 1.5 * limitMs);
    await this.sql.untilNone("select from alerts where state = 'pending'", limitMs);
    const left = `select from graphile_worker._private_jobs as jobs
                  join graphile_worker._private_tasks as names on names.id = task_id and identifier <> 'sweep'`;
    await this.sql.untilNone(left, limitMs);
    await this.watchers.finish(5_000 * this.slowness);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing of them is there where the drill broke off before.
    this.load?.stop();
    for (const disposal of this.disposals.splice(0).reverse()) await disposal();
    for (const program of this.programs) await program.destroy();
    await this.sql?.[Symbol.asyncDispose]();
    await this.receiver.stop();
    await this.database?.drop();
    await this.ledger.close();
  }
}
