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
export type Settlement = { task: Task } | { equal: Task } | null;

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

  /** A settlement an order, in their order. */
  async settle(orders: readonly Identified[], tx: EntityManager): Promise<Settlement[]> {
    const settled = new Map(await this.hope(orders, tx));
    while (settled.size < orders.length) {
      const open = orders.filter(({ id }) => !settled.has(id));
      for (const [id, settlement] of await this.look(open, tx)) settled.set(id, settlement);
    }
    return orders.map(({ id }) => settled.get(id) ?? null);
  }

  /**
   * A task of its own for an order: where the work is done already it ends at once, in the same transaction, as any task
   * ends. null: no such image.
   */
  async own(tx: EntityManager, order: Identified, settlement: Settlement): Promise<Task | null> {
    if (settlement === null) return null;
    if ('task' in settlement) return settlement.task;
    const adopted = await this.adopt(tx, order, settlement.equal);
    if (adopted !== null) return adopted;
    const [next = null] = await this.settle([order], tx);
    return this.own(tx, order, next);
  }

  /**
   * Settlements by the ids of their orders, without a look at who else wants the same: most work is asked for the first time.
   * Of what is not there is none. Look.
   */
  async hope(orders: readonly Identified[], tx?: EntityManager): Promise<ReadonlyMap<string, Settlement>> {
    const { wanted, settled } = await this.wanted(orders, tx);
    return this.accept(settled, wanted, [], { unlessKnown: true, tx });
  }

  /**
   * Settlements by the ids of their orders: what is wanted → what of it is done → who leads → what is expected → accept. One that
   * things have changed for meanwhile has none: another was faster, and has been settled. Look again.
   */
  async look(orders: readonly Identified[], tx?: EntityManager): Promise<ReadonlyMap<string, Settlement>> {
    const { wanted, settled } = await this.wanted(orders, tx);
    const shared = new Set(wanted.flatMap(({ fresh, workDigest }) => (fresh ? [] : [workDigest])));
    const equals = shared.size === 0 ? [] : await this.acceptances.equals([...shared], tx);
    for (const [id, settlement] of await this.done(wanted, equals, tx)) settled.set(id, settlement);
    const open = wanted.filter(({ id }) => !settled.has(id));
    const leading = equals.filter(({ state }) => state === 'pending');
    return this.accept(settled, open, leading, { unlessKnown: false, tx });
  }

  /** What is wanted, and that those are settled who want what is not there. */
  private async wanted(
    orders: readonly Identified[],
    tx?: EntityManager,
  ): Promise<{ wanted: Wanted[]; settled: Map<string, Settlement> }> {
    const ids = orders.flatMap(({ source, operations }) => [source.imageId ?? [], inputIdsOf(operations)].flat());
    const sources = await this.acceptances.sources([...new Set(ids)], tx);
    const all = orders.map((order) => wantedOf(order, sources));
    const missing = orders.filter((_, index) => all[index] === null);
    return { wanted: all.filter((each) => each !== null), settled: new Map(missing.map(({ id }) => [id, null])) };
  }

  private async accept(
    settled: Map<string, Settlement>,
    wanted: readonly Wanted[],
    leading: readonly Task[],
    { unlessKnown, tx }: { unlessKnown: boolean; tx?: EntityManager | undefined },
  ): Promise<ReadonlyMap<string, Settlement>> {
    if (wanted.length === 0) return settled;
    const { acceptances, withdraw } = await this.expected(wanted, leading, tx);
    for (const task of await this.acceptances.accept(acceptances, unlessKnown, tx)) settled.set(task.id, { task });
    for (const { id, owner, queued, expectation } of acceptances) {
      if (queued && !settled.has(id)) withdraw(owner, expectation);
    }
    return settled;
  }

  /** Which of these have an outcome already. It is kept as long as any of them wants it. */
  private async done(
    wanted: readonly Wanted[],
    equals: readonly Task[],
    tx?: EntityManager,
  ): Promise<Map<string, Settlement>> {
    const done = new Map<string, Settlement>();
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
    const places = expectations.values();
    const acceptances = led.map((each) => ({
      ...each,
      expectation: (each.queued ? places.next().value : undefined) ?? nothing,
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
