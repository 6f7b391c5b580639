import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AcceptancesRepository } from '../src/tasks/acceptances.repository.js';
import { TaskWorkService } from '../src/tasks/task-work.service.js';
import { WorkerModule } from '../src/worker.module.js';
import { acceptancesOf } from './support/acceptances.js';
import { Service } from './support/service.js';

/** What may happen: tasks come, workers begin some, callers cancel one that waits. */
const owners = ['anna', 'bert', 'carl'] as const;
const step = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    owner: fc.constantFrom(...owners),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ do: fc.constant('begin' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('cancel' as const), owner: fc.constantFrom(...owners), of: fc.nat(5) }),
);
type Step =
  | { do: 'ask'; owner: string; count: number }
  | { do: 'begin'; count: number }
  | { do: 'cancel'; owner: string; of: number };
const histories = fc.array<Step>(step, { minLength: 1, maxLength: 12 });

/** The model: owners stand in a circle, each with its tasks in the order in which they came. */
class Circle {
  private readonly lines = new Map<string, string[]>();

  ask(owner: string, ids: string[]): void {
    this.lines.set(owner, [...(this.lines.get(owner) ?? []), ...ids]);
  }

  /** @returns the task; undefined where none of the owner waits */
  cancel(owner: string, of: number): string | undefined {
    const line = this.lines.get(owner) ?? [];
    return line.length === 0 ? undefined : line.splice(of % line.length, 1)[0];
  }

  next(): string | undefined {
    const [owner, line] = [...this.lines].find(([, waiting]) => waiting.length > 0) ?? [];
    if (owner === undefined || line === undefined) return undefined;
    this.lines.delete(owner);
    this.lines.set(owner, line);
    const next = line.shift();
    // Whoever has nothing more to do leaves; who has nothing because it was cancelled keeps the place until somebody leaves.
    if (line.length === 0) for (const [each, waiting] of this.lines) if (waiting.length === 0) this.lines.delete(each);
    return next;
  }
}

let service: Service;
let context: INestApplicationContext;
let source: DataSource;
let work: TaskWorkService;
let acceptances: AcceptancesRepository;
let jobs = 0;

beforeAll(async () => {
  service = await Service.start();
  context = await NestFactory.createApplicationContext(WorkerModule.forRoot(service.config, service.database.url), {
    logger: false,
  });
  source = context.get(DataSource);
  work = context.get(TaskWorkService);
  acceptances = new AcceptancesRepository(source);
});
afterAll(async () => {
  await context.close();
  await service.stop();
});

const begin = async (): Promise<string | undefined> =>
  (await work.start({ id: String((jobs += 1)), taskId: randomUUID() }))?.id;

async function take(event: Step, model: Circle): Promise<void> {
  switch (event.do) {
    case 'ask': {
      const asked = await acceptances.accept(acceptancesOf(event.owner, event.count), false);
      return model.ask(
        event.owner,
        asked.map(({ id }) => id),
      );
    }
    case 'begin':
      for (let n = 0; n < event.count; n++) expect(await begin()).toBe(model.next());
      return;
    case 'cancel': {
      const id = model.cancel(event.owner, event.of);
      const cancelled = "update tasks set state = 'cancelled' where id = $1";
      if (id !== undefined) await source.query(cancelled, [id]);
      return;
    }
    default:
      event satisfies never;
  }
}

test('owners have their turns one after the other, whatever comes, and each owner its tasks in the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await source.query('truncate tasks, turns, graphile_worker._private_jobs');
      const model = new Circle();
      for (const event of history) await take(event, model);
      for (let next = model.next(); next !== undefined; next = model.next()) expect(await begin()).toBe(next);
      expect(await begin()).toBeUndefined();
      // Whoever's tasks were all cancelled leaves with the next that leaves.
      await take({ do: 'ask', owner: 'anna', count: 1 }, model);
      expect(await begin()).toBe(model.next());
      expect(await source.query('select owner from turns')).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
