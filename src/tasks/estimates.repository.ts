import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Lesson, type Rate, type Rates } from '../processing/rates.js';
import { isAliveSql } from '../queue/worker-lock.js';
import { waitingSql } from './turns.js';
import { type QueueView } from './waiting-line.js';

/** What all estimates rest on, at one moment. */
export interface Outlook {
  readonly queue: QueueView;
  readonly rates: Rates;
}

type MeasuredKind = Rate & { kind: string };

const outlookSql = `
  select (select coalesce(sum(slots), 0)::int from workers where ${isAliveSql('id')}) as slots,
         (select coalesce(json_agg(durations), '[]') from durations) as rates,
         (select coalesce(json_agg(json_build_object('owner', owner, 'tasks', tasks, 'work', work) order by place), '[]')
          from (
            select owner, count(*) as tasks, sum(estimate) as work from tasks where ${waitingSql('tasks')} group by owner
          ) as waiting left join turns using (owner)) as waiting,
         (select coalesce(json_agg(json_build_object(
            'elapsed', extract(epoch from clock_timestamp() - started_at), 'estimate', estimate
          ) order by started_at), '[]')
          from tasks where state = 'pending' and job is not null and started_at is not null) as running`;

const learnSql = `
  with lessons as (
    select * from json_to_recordset($1::json) as lesson(kind text, rate real, factor real, evidence real)
  )
  insert into durations (kind, rate, evidence)
  -- In one order: two workers that learn of the same kinds wait for each other, and not in a circle.
  select kind, rate * factor, evidence from lessons order by kind
  on conflict (kind) do update
  set rate = durations.rate * (select factor from lessons where lessons.kind = excluded.kind),
      evidence = durations.evidence + excluded.evidence, updated_at = now()`;

/** The SQL of estimates: what was measured, and what lies ahead. */
@Injectable()
export class EstimatesRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async outlook(tx: EntityManager = this.source.manager): Promise<Outlook> {
    const [row]: (QueueView & { rates: MeasuredKind[] })[] = await tx.query(outlookSql);
    if (row === undefined) throw new Error('a statement without a FROM gave no row');
    const { rates, ...queue } = row;
    return { queue, rates: byKind(rates) };
  }

  async rates(): Promise<Rates> {
    const rates: MeasuredKind[] = await this.source.query('select kind, rate, evidence from durations');
    return byKind(rates);
  }

  async learn(lessons: readonly Lesson[]): Promise<void> {
    await this.source.query(learnSql, [JSON.stringify(lessons)]);
  }
}

const byKind = (rates: readonly MeasuredKind[]): Rates => new Map(rates.map((rate) => [rate.kind, rate]));
