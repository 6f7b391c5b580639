import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Acceptance, type Identified, type Wanted, wantedOf } from './acceptance.js';
import { AcceptancesRepository } from './acceptances.repository.js';
import { withLeaders } from './equal-work.js';
import { EstimatesService } from './estimates.service.js';
import { OutcomesService } from './outcomes.service.js';
import { inputIdsOf } from './task-inputs.js';
import { type Expectation, outcomeOf, type Task } from './task.js';
import { TaskEndingService } from './task-ending.service.js';

/** What an order came to: its task, or one that has done the same before; null: an image that it names is not there. */
export type Answer = { task: Task } | { equal: Task } | null;

/** Of work that is done. */
const nothing: Expectation = { estimate: 0, wait: 0, p90: 0, ahead: 0 };

/** Does equal work once: an order becomes a task that does its work, or follows one that does, or there is one that has. */
@Injectable()
export class EqualWorkService {
  constructor(
    private readonly acceptances: AcceptancesRepository,
    private readonly estimates: EstimatesService,
    private readonly ending: TaskEndingService,
    private readonly outcomes: OutcomesService,
  ) {}

  /** An answer an order, in their order. */
  async answer(orders: readonly Identified[], tx: EntityManager): Promise<Answer[]> {
    const answers = new Map<string, Answer>();
    while (answers.size < orders.length) {
      const open = orders.filter(({ id }) => !answers.has(id));
      for (const [id, answer] of await this.look(open, tx)) answers.set(id, answer);
    }
    return orders.map(({ id }) => answers.get(id) ?? null);
  }

  /**
   * A task of its own for an order: where the work is done already it ends at once, in the same transaction, as any task
   * ends. null: no such image.
   */
  async own(tx: EntityManager, order: Identified, answer: Answer): Promise<Task | null> {
    if (answer === null) return null;
    if ('task' in answer) return answer.task;
    const adopted = await this.adopt(tx, order, answer.equal);
    if (adopted !== null) return adopted;
    const [next = null] = await this.answer([order], tx);
    return this.own(tx, order, next);
  }

  /**
   * Answers by the ids of their orders: what is wanted → what of it is done → who leads → what is expected → accept. One that
   * things have changed for meanwhile has none: another was faster, and has been answered. Look again.
   */
  async look(orders: readonly Identified[], tx?: EntityManager): Promise<ReadonlyMap<string, Answer>> {
    const all = await this.wanted(orders, tx);
    const wanted = all.filter((each) => each !== null);
    const shared = new Set(wanted.flatMap(({ fresh, workDigest }) => (fresh ? [] : [workDigest])));
    const equals = shared.size === 0 ? [] : await this.acceptances.equals([...shared], tx);
    const answers = await this.done(wanted, equals, tx);
    for (const [index, { id }] of orders.entries()) if (all[index] === null) answers.set(id, null);
    const open = wanted.filter(({ id }) => !answers.has(id));
    if (open.length === 0) return answers;
    const leading = equals.filter(({ state }) => state === 'pending');
    for (const task of await this.acceptances.accept(await this.expected(open, leading, tx), tx))
      answers.set(task.id, { task });
    return answers;
  }

  private async wanted(orders: readonly Identified[], tx?: EntityManager): Promise<(Wanted | null)[]> {
    const ids = orders.flatMap(({ source, operations }) => [source.imageId ?? [], inputIdsOf(operations)].flat());
    const sources = await this.acceptances.sources([...new Set(ids)], tx);
    return orders.map((order) => wantedOf(order, sources));
  }

  /** Which of these have an outcome already. It is kept as long as any of them wants it. */
  private async done(
    wanted: readonly Wanted[],
    equals: readonly Task[],
    tx?: EntityManager,
  ): Promise<Map<string, Answer>> {
    const done = new Map<string, Answer>();
    // In one order: two transactions that keep the same outcomes wait for each other, and not in a circle.
    for (const equal of equals.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const outcome = outcomeOf(equal);
      if (outcome === null) continue;
      const same = wanted.filter(({ fresh, workDigest }) => !fresh && workDigest === equal.workDigest);
      if (!(await this.outcomes.keepFor({ ...outcome, owner: equal.owner }, same, tx))) continue;
      for (const { id } of same) done.set(id, { equal });
    }
    return done;
  }

  private async expected(wanted: Wanted[], leading: Task[], tx?: EntityManager): Promise<Acceptance[]> {
    const led = withLeaders(wanted, leading);
    // Whoever follows is told what its leader is: it is nobody's work.
    const expectations = await this.estimates.expect(
      led.filter(({ queued }) => queued),
      tx,
    );
    let next = 0;
    return led.map((each) => ({ ...each, expectation: (each.queued && expectations[next++]) || nothing }));
  }

  /** null where the outcome has gone, or the image has other bytes now. */
  private async adopt(tx: EntityManager, order: Identified, equal: Task): Promise<Task | null> {
    const outcome = outcomeOf(equal);
    const [wanted] = await this.wanted([order], tx);
    if (outcome === null || !wanted || wanted.workDigest !== equal.workDigest) return null;
    if (!(await this.outcomes.keepFor({ ...outcome, owner: equal.owner }, [order], tx))) return null;
    const [task] = await this.acceptances.accept(
      [{ ...wanted, leader: null, queued: false, expectation: nothing }],
      tx,
    );
    if (task === undefined) return null;
    const [ended = null] = await this.ending.end(tx, { id: task.id }, { state: 'ok', ...outcome });
    return ended;
  }
}
