import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { ImagesService } from '../images/images.service.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { TaskAcceptanceService } from './task-acceptance.service.js';
import { createTasks } from './task-batch.contract.js';
import { type BatchItem, withTasks } from './task-batch.intake.js';
import { acceptedResult, refusedResult, type TaskResultView } from './task-batch.view.js';
import { noSuchImage } from './task-document.js';
import { contentOf } from './task-order.js';

/** The aggregate: many tasks in one call, each of which succeeds or fails for itself. */
@Controller()
export class TaskBatchController {
  constructor(
    private readonly acceptance: TaskAcceptanceService,
    private readonly images: ImagesService,
    private readonly once: Once,
  ) {}

  @Operation(createTasks)
  create(call: Call<typeof createTasks>): Promise<Answer<typeof createTasks>> {
    return withTasks(call, this.images, ({ items, speech }) =>
      this.once.run(call, items.map(askedFor), async (tx) => {
        return { status: 200, body: { results: await this.results(items, call.origin, tx) }, speak: speech } as const;
      }),
    );
  }

  private async results(items: readonly BatchItem[], origin: string, tx?: EntityManager): Promise<TaskResultView[]> {
    const orders = items.flatMap((item) => ('order' in item ? [item.order] : []));
    const tasks = (await this.acceptance.acceptMany(orders, tx)).values();
    const now = new Date();
    const results: TaskResultView[] = [];
    for (const item of items) {
      const task = 'order' in item ? tasks.next().value : undefined;
      if (task instanceof Problem) results.push(refusedResult(task, origin));
      else if (task) results.push(acceptedResult(task, origin, now));
      else results.push(refusedResult(await this.refusalOf(item, tx), origin));
    }
    return results;
  }

  private refusalOf(item: BatchItem, tx?: EntityManager): Problem | Promise<Problem> {
    return 'problem' in item ? item.problem : noSuchImage(item.order, this.images, tx);
  }
}

/** What makes two batches the same. */
function askedFor(item: BatchItem): unknown {
  if ('order' in item) return contentOf(item.order);
  const { slug, detail, errors } = item.problem;
  return { slug, detail, errors };
}
