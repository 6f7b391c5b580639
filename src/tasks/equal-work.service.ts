import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Acceptance, type Identified, type Wanted, wantedOf } from './acceptance.js';
import { AcceptancesRepository } from './acceptances.repository.js';
import { withLeaders } from './equal-work.js';
import { EstimatesService, type Expected } from './estimates.service.js';
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
    const answers = new Map(await this.hope(orders, tx));
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
   * Answers by the ids of their orders, without a look at who else wants the same: most work is asked for the first time. What
   * is not has no answer. Look.
   */
  async hope(orders: readonly Identified[], tx?: EntityManager): Promise<ReadonlyMap<string, Answer>> {
    const { wanted, answers } = await this.wanted(orders, tx);
    return this.accept(answers, wanted, [], { unlessDone: true, tx });
  }

  /**
   * Answers by the ids of their orders: what is wanted → what of it is done → who leads → what is expected → accept. One that
   * things have changed for meanwhile has none: another was faster, and has been answered. Look again.
   */
  async look(orders: readonly Identified[], tx?: EntityManager): Promise<ReadonlyMap<string, Answer>> {
    const { wanted, answers } = await this.wanted(orders, tx);
    const shared = new Set(wanted.flatMap(({ fresh, workDigest }) => (fresh ? [] : [workDigest])));
    const equals = shared.size === 0 ? [] : await this.acceptances.equals([...shared], tx);
    for (const [id, answer] of await this.done(wanted, equals, tx)) answers.set(id, answer);
    const open = wanted.filter(({ id }) => !answers.has(id));
    const leading = equals.filter(({ state }) => state === 'pending');
    return this.accept(answers, open, leading, { unlessDone: false, tx });
  }

  /** What is wanted, and the answers to those who want what is not there. */
  private async wanted(
    orders: readonly Identified[],
    tx?: EntityManager,
  ): Promise<{ wanted: Wanted[]; answers: Map<string, Answer> }> {
    const ids = orders.flatMap(({ source, operations }) => [source.imageId ?? [], inputIdsOf(operations)].flat());
    const sources = await this.acceptances.sources([...new Set(ids)], tx);
    const all = orders.map((order) => wantedOf(order, sources));
    const missing = orders.filter((_, index) => all[index] === null);
    return { wanted: all.filter((each) => each !== null), answers: new Map(missing.map(({ id }) => [id, null])) };
  }

  private async accept(
    answers: Map<string, Answer>,
    wanted: readonly Wanted[],
    leading: readonly Task[],
    { unlessDone, tx }: { unlessDone: boolean; tx?: EntityManager | undefined },
  ): Promise<ReadonlyMap<string, Answer>> {
    if (wanted.length === 0) return answers;
    const { acceptances, withdraw } = await this.expected(wanted, leading, tx);
    for (const task of await this.acceptances.accept(acceptances, unlessDone, tx)) answers.set(task.id, { task });
    for (const { id, queued, expectation } of acceptances) if (queued && !answers.has(id)) withdraw(expectation);
    return answers;
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

  private async expected(
    wanted: readonly Wanted[],
    leading: readonly Task[],
    tx?: EntityManager,
  ): Promise<{ acceptances: Acceptance[]; withdraw: Expected['withdraw'] }> {
    const led = withLeaders(wanted, leading);
    // Whoever follows is told what its leader is: it is nobody's work.
    const queued = led.filter((each) => each.queued);
    const { expectations, withdraw } = await this.estimates.expect(queued, tx);
    let next = 0;
    const acceptances = led.map((each) => ({
      ...each,
      expectation: (each.queued && expectations[next++]) || nothing,
    }));
    return { acceptances, withdraw };
  }

  /** null where the outcome has gone, or the image has other bytes now. */
  private async adopt(tx: EntityManager, order: Identified, equal: Task): Promise<Task | null> {
    const outcome = outcomeOf(equal);
    const [wanted] = (await this.wanted([order], tx)).wanted;
    if (outcome === null || !wanted || wanted.workDigest !== equal.workDigest) return null;
    if (!(await this.outcomes.keepFor({ ...outcome, owner: equal.owner }, [order], tx))) return null;
    const [task] = await this.acceptances.accept(
      [{ ...wanted, leader: null, queued: false, expectation: nothing }],
      false,
      tx,
    );
    if (task === undefined) return null;
    const [ended = null] = await this.ending.end(tx, { id: task.id }, { state: 'ok', ...outcome });
    return ended;
  }
}
