import { Logger } from '@nestjs/common';
import pg from 'pg';

const reconnectAfterMs = 500;

/**
 * LISTEN on one connection for the whole process. It comes back by itself when it is lost; what was notified meanwhile
 * is lost, so whoever listens has a second way to learn of it.
 */
export class Notifications {
  private readonly logger = new Logger('notifications');
  private readonly handlers = new Map<string, (payload: string) => void>();
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly databaseUrl: string) {}

  /** Before `start`. */
  on(channel: string, handler: (payload: string) => void): void {
    this.handlers.set(channel, handler);
  }

  async start(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      this.logger.warn(`cannot listen: ${error instanceof Error ? error.message : String(error)}`);
      this.reconnect();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl, application_name: 'darkroom notifications' });
    client.on('error', (error) => this.logger.warn(`lost the connection: ${error.message}`));
    client.on('notification', ({ channel, payload }) => this.handlers.get(channel)?.(payload ?? ''));
    await client.connect();
    client.once('end', () => this.reconnect());
    for (const channel of this.handlers.keys()) await client.query(`listen ${channel}`);
    this.client = client;
  }

  private reconnect(): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.start(), reconnectAfterMs);
  }
}
