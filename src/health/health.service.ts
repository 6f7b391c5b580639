import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { known } from '../database/migrate.js';

/** ok, or what is wrong, for people: nothing of the database's address or its own words. */
export interface Checks {
  database: string;
  migrations: string;
  queue: string;
}

const unknown = 'unknown: the database does not answer';

@Injectable()
export class HealthService {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async check(): Promise<Checks> {
    try {
      const [state]: { applied: string[] | null; queue: boolean }[] = await this.source.query(
        `select (select array_agg(name) from migrations) as applied,
                to_regclass('graphile_worker._private_jobs') is not null as queue`,
      );
      const missing = (await known()).filter((name) => !state?.applied?.includes(name));
      return {
        database: 'ok',
        migrations: missing.length === 0 ? 'ok' : `${missing.length} to be applied: run the migrations of this version`,
        queue: state?.queue ? 'ok' : 'not there: run the migrations of this version',
      };
    } catch (error) {
      const undefinedTable = error instanceof Error && Reflect.get(error, 'code') === '42P01';
      if (undefinedTable) return { database: 'ok', migrations: 'none applied: run the migrations', queue: 'unknown' };
      return { database: 'does not answer', migrations: unknown, queue: unknown };
    }
  }
}
