import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { SweepService } from '../../src/garbage/sweep.service.js';
import { WorkerModule } from '../../src/worker.module.js';
import { type Client } from './client.js';
import { Service, type ServiceOptions } from './service.js';

/** A service that two owners use, who are to know nothing of each other. */
export class TwoOwners {
  private constructor(
    readonly service: Service,
    readonly database: pg.Client,
    readonly a: Client,
    readonly b: Client,
  ) {}

  static async start(options: ServiceOptions = {}): Promise<TwoOwners> {
    const service = await Service.start(options);
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    return new TwoOwners(service, database, await service.key({ owner: 'a' }), await service.key({ owner: 'b' }));
  }

  /** All that is stored of an owner, table by table; their keys apart, whose use is noted now and then. */
  async rowsOf(owner: string): Promise<Record<string, unknown>> {
    const rows: Record<string, unknown> = {};
    for (const table of (await this.ownedTables()).filter((name) => name !== 'api_keys')) {
      rows[table] = await this.all(`select * from ${table} where owner = $1 order by ${table}::text`, [owner]);
    }
    rows['deliveries'] = await this.all(
      'select * from deliveries where alert_id in (select id from alerts where owner = $1) order by id',
      [owner],
    );
    return rows;
  }

  async ownedTables(): Promise<string[]> {
    const tables = await this.all(
      `select table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'owner' order by 1`,
    );
    return tables.map(({ name }) => String(name));
  }

  async all(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.database.query<Record<string, unknown>>(sql, values)).rows;
  }

  /** What has had its time is taken away, and blobs that nothing refers to. */
  async sweep(): Promise<void> {
    const { config, database } = this.service;
    const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, database.url), {
      logger: false,
    });
    await context.get(SweepService).sweep(new Date());
    await context.close();
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.service.stop();
  }
}
