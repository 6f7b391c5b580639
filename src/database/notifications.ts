import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { type Pulse } from './pulse.js';
import { messageOf } from '../system-error.js';

const reconnectAfterMs = 500;
/** A connection that is silent for good is noticed after this and the time of one query, ms. */
const checkEveryMs = 10_000;
/** A server that has stopped answering is a lost connection, ms. */
const queryTimeoutMs = 5_000;

/** What a channel's listener is told. */
export interface Listener {
  onNotification(payload: string): void;
  /** Notifications may have been lost before: whatever is waited for is to be looked at again. */
  onReconnect?(): void;
}

/**
 * LISTEN on one connection for the whole process, which comes back by itself when it is lost. What was notified
 * meanwhile is lost, so whoever listens looks again then.
 */
@Injectable()
export class Notifications implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('notifications');
  private readonly listeners = new Map<string, Listener>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly pulse: Pulse,
  ) {}

  /** Before the application has booted: in `onModuleInit` at the latest. */
  listen(channel: string, listener: Listener): void {
    this.listeners.set(channel, listener);
  }

  /** Whether what is notified now will be heard. */
  get isConnected(): boolean {
    return this.client !== undefined;
  }

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async start(): Promise<void> {
    if (this.listeners.size === 0) return;
    try {
      await this.connect();
      this.plan(() => this.check(), checkEveryMs);
    } catch (error) {
      this.logger.warn(`cannot listen: ${messageOf(error)}`);
      this.plan(() => this.start(), reconnectAfterMs);
    }
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'darkroom notifications',
      connectionTimeoutMillis: queryTimeoutMs,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      stream: this.pulse.socket,
    });
    client.on('error', (error) => this.logger.warn(`lost the connection: ${error.message}`));
    client.on('notification', ({ channel, payload }) => this.listeners.get(channel)?.onNotification(payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (this.stopped) return client.end();
    client.once('end', () => this.onEnd());
    this.client = client;
    for (const listener of this.listeners.values()) listener.onReconnect?.();
  }

  private onEnd(): void {
    this.client = undefined;
    this.plan(() => this.start(), reconnectAfterMs);
  }

  /** A connection whose other side has vanished says nothing of it. */
  private async check(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    try {
      await client.query('select 1');
      this.plan(() => this.check(), checkEveryMs);
    } catch {
      await client.end().catch(() => undefined);
    }
  }

  private plan(step: () => Promise<void>, afterMs: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void step(), afterMs);
  }
}
