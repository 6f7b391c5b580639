import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { type Clock } from './clock.js';
import { messageOf } from '../system-error.js';

/** How often the database is asked for a sign of life, ms. */
const beatMs = 250;

/** Patience is counted in turns of the event loop: a process that was held up itself has not waited, ms. */
const turnMs = 100;

/** So many patiences are waited for an answer while others have theirs: then it is this connection that is silent. */
const patiencesMax = 10;

/** Said to all who wait for an answer when there is none. Its code is that of a connection that broke, which it is now. */
class Unanswered extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('The database does not answer.');
  }
}

interface Connection {
  client: pg.Client;
  socket: Socket;
  connected: Promise<unknown>;
}

/**
 * Asks the database for the time, again and again, on a connection of its own. Where nothing comes within its patience, on
 * this connection or any other, the database counts as away: every connection of the process is cut, so that nobody waits on
 * one that is silent for good, and new ones fail at once until the pulse is back.
 */
export class Pulse {
  private readonly logger = new Logger('database');
  private readonly sockets = new Set<Socket>();
  private readonly stopping = new AbortController();
  private own: Connection | undefined;
  private away = false;

  /** @param patienceMs how long the database may be silent while it is asked */
  constructor(
    private readonly databaseUrl: string,
    private readonly clock: Clock,
    private readonly patienceMs: number,
  ) {}

  get isAway(): boolean {
    return this.away;
  }

  /** @throws what keeps the first connection from being made */
  async start(): Promise<void> {
    await this.ask();
    void this.go();
  }

  stop(): void {
    this.stopping.abort();
    this.drop();
  }

  /** The socket of a new connection, as pg asks for it: it is cut with all others. */
  readonly socket = (): Socket => {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // Only when pg has begun to connect it is there something to be cut.
    if (this.away) setImmediate(() => socket.destroy(new Unanswered()));
    return socket;
  };

  private async go(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(beatMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.beat();
    }
  }

  private async beat(): Promise<void> {
    try {
      await this.askTwice();
      if (this.away) this.logger.warn('the database answers again');
      this.away = false;
    } catch (error) {
      if (!this.away && !this.stopping.signal.aborted) this.giveUp(error);
    }
  }

  /** A connection that broke says nothing of the others: another one is tried before the database counts as away. */
  private async askTwice(): Promise<void> {
    const isKnown = this.own !== undefined;
    try {
      await this.ask();
    } catch (error) {
      if (!isKnown || error instanceof Unanswered) throw error;
      await this.ask();
    }
  }

  private async ask(): Promise<void> {
    try {
      const { rows } = await this.withPatience(this.answer());
      if (rows[0]) this.clock.set(rows[0].now);
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  private async answer(): Promise<pg.QueryResult<{ now: Date }>> {
    this.own ??= this.open();
    const { client, connected } = this.own;
    await connected;
    return client.query<{ now: Date }>('select clock_timestamp() as now');
  }

  private open(): Connection {
    const socket = new Socket();
    const given = { connectionString: this.databaseUrl, application_name: 'darkroom pulse' };
    const client = new pg.Client({ ...given, stream: () => socket });
    client.on('error', () => undefined);
    return { client, socket, connected: client.connect() };
  }

  private drop(): void {
    this.own?.socket.destroy();
    this.own = undefined;
  }

  private giveUp(error: unknown): void {
    this.away = true;
    this.logger.error(`the database is away: ${messageOf(error)}`);
    for (const socket of this.sockets) socket.destroy(new Unanswered());
  }

  private async withPatience<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const patience = Math.ceil(this.patienceMs / turnMs);
    let [turn, silent, heard] = [0, 0, this.heard()];
    const timer = setInterval(() => {
      const before = heard;
      heard = this.heard();
      turn += 1;
      silent = heard === before ? silent + 1 : 0;
      if (silent >= patience) reject(new Unanswered());
      if (turn >= patiencesMax * patience) reject(new Error('The pulse alone has no answer.'));
    }, turnMs);
    return Promise.race([work, promise]).finally(() => clearInterval(timer));
  }

  /** Bytes that have come on the connections that work waits on. */
  private heard(): number {
    return [...this.sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }
}
