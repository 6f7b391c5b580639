import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { GroupCommit } from '../database/group-commit.js';
import { ImagesService, type Upload } from '../images/images.service.js';
import { type Identified } from './acceptance.js';
import { Problem } from '../problems.js';
import { type Settlement, EqualWorkService } from './equal-work.service.js';
import { EstimatesService } from './estimates.service.js';
import { QueueAdmissionService } from './queue-admission.service.js';
import { type NewTask, retriable, type Task } from './task.js';
import { type TaskOrder } from './task-order.js';
import { TasksRepository } from './tasks.repository.js';

/** How orders become tasks, one by one or many at once. */
@Injectable()
export class TaskAcceptanceService {
  /** Orders that nobody has looked for yet, and those that were not the first to ask for something. */
  private readonly hopes: GroupCommit<Identified, Settlement | undefined>;
  private readonly looks: GroupCommit<Identified, Settlement | undefined>;

  constructor(
    private readonly tasks: TasksRepository,
    private readonly images: ImagesService,
    private readonly equalWork: EqualWorkService,
    private readonly estimates: EstimatesService,
    private readonly admission: QueueAdmissionService,
  ) {
    this.hopes = new GroupCommit(async (orders) => inOrder(orders, await this.equalWork.hope(orders)));
    this.looks = new GroupCommit(async (orders) => inOrder(orders, await this.equalWork.look(orders)));
  }

  /**
   * Resolves once the task and its job are committed: any process may answer for it then. null: no such image.
   * A task that is `ok` has done the same before. Where a callback is to be told there is a task of its own, at its end already.
   * @param tx a transaction to be part of; without one, concurrent acceptances share a commit
   * @throws Problem 429, 503 where too many are pending
   */
  async accept(order: TaskOrder, tx?: EntityManager): Promise<Task | null> {
    const { source } = order;
    if (tx === undefined && 'imageId' in source) {
      return this.admission.within(order.owner, () => this.acceptAlone({ ...order, source }));
    }
    const [task = null] = await this.acceptMany([order], tx);
    if (task instanceof Problem) throw task;
    return task;
  }

  private async acceptAlone(order: Omit<Identified, 'id'>): Promise<Task | null> {
    const identified = { ...order, id: randomUUIDv7() };
    let settlement = await this.hopes.add(identified);
    // Others were faster, and have been answered.
    while (settlement === undefined) settlement = await this.looks.add(identified);
    if (isEnough(order, settlement)) return taskOf(settlement);
    return this.tasks.transaction((inner) => this.equalWork.own(inner, identified, settlement));
  }

  /** A task, or null, or why there is no room for it, an order, in their order; all in one commit. */
  async acceptMany(orders: readonly TaskOrder[], tx?: EntityManager): Promise<(Task | Problem | null)[]> {
    const refusals: (Problem | undefined)[] = [];
    const admitted: TaskOrder[] = [];
    let accepted: (Task | null)[] = [];
    try {
      for (const order of orders) {
        const refusal = await this.admission.enter(order.owner, tx);
        refusals.push(refusal);
        if (refusal === undefined) admitted.push(order);
      }
      accepted = await this.within(tx, (inner) => this.acceptIn(inner, admitted));
    } finally {
      for (const [index, { owner }] of admitted.entries()) this.admission.settle(owner, accepted[index]);
    }
    const tasks = accepted.values();
    return refusals.map((refusal) => refusal ?? tasks.next().value ?? null);
  }

  private within<T>(tx: EntityManager | undefined, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return tx === undefined ? this.tasks.transaction(work) : work(tx);
  }

  private async acceptIn(tx: EntityManager, orders: readonly TaskOrder[]): Promise<(Task | null)[]> {
    const identified = await this.identified(tx, orders);
    const settled = await this.equalWork.settle(identified, tx);
    const tasks: (Task | null)[] = [];
    for (const [index, order] of identified.entries()) {
      const settlement = settled[index] ?? null;
      tasks.push(isEnough(order, settlement) ? taskOf(settlement) : await this.equalWork.own(tx, order, settlement));
    }
    return tasks;
  }

  /** A task under this very URI, which was promised to the caller: at its end already where the work is done. */
  acceptAs(tx: EntityManager, id: string, order: TaskOrder): Promise<Task | null> {
    return this.admission.within(order.owner, () => this.acceptAsIn(tx, id, order), tx);
  }

  private async acceptAsIn(tx: EntityManager, id: string, order: TaskOrder): Promise<Task | null> {
    const [identified] = (await this.identified(tx, [order])).map((each) => ({ ...each, id }));
    if (identified === undefined) return null;
    const [settlement = null] = await this.equalWork.settle([identified], tx);
    return this.equalWork.own(tx, identified, settlement);
  }

  /** failed or cancelled → pending. false in any other state. */
  async retry(tx: EntityManager, owner: string, id: string): Promise<boolean> {
    const task = await this.tasks.find(owner, id, tx);
    if (task === null || !retriable.includes(task.state)) return false;
    const retried = await this.admission.within(owner, () => this.retryIn(tx, task), tx);
    return retried !== null;
  }

  private async retryIn(tx: EntityManager, task: Task): Promise<Task | null> {
    const expectation = await this.estimates.expectAgain(task, tx);
    const retried = await this.tasks.retry(tx, task.owner, task.id, expectation);
    return retried ? { ...task, state: 'pending' } : null;
  }

  private async identified(tx: EntityManager, orders: readonly TaskOrder[]): Promise<Identified[]> {
    const stored = new Map<Upload, NewTask['source']>();
    const uploads = new Map(orders.flatMap(({ owner, source }) => ('imageId' in source ? [] : [[source, owner]])));
    // In one order: two transactions that store the same bytes wait for each other, and not in a circle.
    for (const [upload, owner] of [...uploads].sort(([a], [b]) => (a.digest < b.digest ? -1 : 1))) {
      stored.set(upload, await this.sourceOf(tx, owner, upload));
    }
    return orders.map((order) => {
      const source = 'imageId' in order.source ? order.source : stored.get(order.source);
      if (source === undefined) throw new Error('an image that came along was not stored');
      return { ...order, id: randomUUIDv7(), source };
    });
  }

  /**
   * Makes an image of bytes that came with a task. Bytes that are no image are kept all the same: the task is accepted,
   * and fails with the reason.
   */
  private async sourceOf(tx: EntityManager, owner: string, upload: Upload): Promise<NewTask['source']> {
    const { inspection, ...incoming } = upload;
    if (!inspection.ok) {
      await this.images.keep(tx, incoming);
      return { digest: incoming.digest };
    }
    const { image } = await this.images.create(owner, { ...incoming, header: inspection.header }, {}, tx);
    if (image === null) throw new Error('an image without a name was refused for its name');
    return { imageId: image.id, digest: image.digest };
  }
}

const inOrder = (orders: readonly Identified[], settled: ReadonlyMap<string, Settlement>): (Settlement | undefined)[] =>
  orders.map(({ id }) => settled.get(id));

/** An outcome is told at once to whoever asks. Who is to be called back may be someone else: that takes a task of its own. */
function isEnough({ callback }: Pick<NewTask, 'callback'>, settlement: Settlement): boolean {
  return settlement === null || 'task' in settlement || callback === null;
}

function taskOf(settlement: Settlement): Task | null {
  if (settlement === null) return null;
  return 'task' in settlement ? settlement.task : settlement.equal;
}
