import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { httpSettings } from '../http/settings.js';
import { ImagesService } from '../images/images.service.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { isGivenBack, mintFor, nothingAt } from '../reservations/minting.js';
import { reservationView, reservedHeaders } from '../reservations/reservation.view.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { retryAfterSeconds, type Task } from './task.js';
import { TaskWatchService } from './task-watch.service.js';
import { noSuchImage } from './task-document.js';
import { withTask } from './task.intake.js';
import { outcomeUri, taskUri, taskView, TaskView } from './task.view.js';
import * as contract from './tasks.contract.js';
import { contentOf } from './task-order.js';
import { tasksPath, TasksService } from './tasks.service.js';

@Controller()
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly images: ImagesService,
    private readonly reservations: ReservationsService,
    private readonly once: Once,
    private readonly watch: TaskWatchService,
  ) {}

  @Operation(contract.createTask)
  async create(call: Call<typeof contract.createTask>): Promise<Answer<typeof contract.createTask>> {
    if (call.isEmpty) return this.once.run(call, { empty: true }, (tx) => this.mint(call, tx));
    const answer = await withTask(call, this.images, (order) =>
      this.once.run(call, contentOf(order), async (tx) => {
        const task = await this.tasks.accept(order, tx);
        if (task === null) throw await noSuchImage(order, this.images, tx);
        // Done before, or while it was asked for: there is nothing to wait for.
        return task.outcomeId === null ? accepted(task, call) : done(task, task.outcomeId, call);
      }),
    );
    if (answer.status === 303) return answer;
    const task = await this.later(call, answer.body.id);
    if (!task) return withRetryAfter(call, answer);
    if (task.outcomeId !== null) return done(task, task.outcomeId, call);
    return withRetryAfter(call, accepted(task, call));
  }

  /** The task after the wait that was asked for (RFC 7240 4.3); undefined where none was. */
  private async later(call: Call, id: string): Promise<Task | null | undefined> {
    const { wait } = call.prefer;
    // A process that shuts down has no time to wait.
    if (wait === undefined || httpSettings(call.request.app).draining) return undefined;
    return this.watch.ended(id, wait, call.signal);
  }

  private async mint(call: Call, tx?: EntityManager): Promise<Answer<typeof contract.createTask>> {
    const reservation = await mintFor(call, this.reservations, tasksPath, tx);
    const body = reservationView(reservation, call.origin, call.now);
    return { status: 201, headers: reservedHeaders(reservation, call.origin), body };
  }

  @Operation(contract.putTask)
  async put(call: Call<typeof contract.putTask>): Promise<Answer<typeof contract.putTask>> {
    const check = (present: Task | null): void =>
      call.requirePreconditions(TaskView, present && taskView(present, call.origin, call.now));
    const { filling, order } = await withTask(call, this.images, async (order) => {
      return { filling: await this.tasks.put(call.param('id'), order, check), order };
    });
    switch (filling.outcome) {
      case 'accepted':
        return withRetryAfter(call, accepted(filling.task, call));
      case 'same': {
        const body = taskView(filling.task, call.origin, call.now);
        return {
          status: 200,
          headers: { 'Content-Location': body.links['self'] ?? '' },
          body,
          speak: filling.task.speech,
        };
      }
      case 'other-content':
        throw new Problem('other-content');
      case 'no-image':
        throw await noSuchImage(order, this.images);
      case 'nothing':
        throw new Problem('not-found');
      default:
        return filling satisfies never;
    }
  }

  @Operation(contract.listTasks)
  async list(call: Call<typeof contract.listTasks>): Promise<Answer<typeof contract.listTasks>> {
    const page = await this.tasks.list({ owner: call.owner, ...call.query }, keysetOf(call.query));
    const { links, header } = pageLinks(page, call.url);
    const { now } = call;
    const items = page.items.map((task) => taskView(task, call.origin, now));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getTask)
  async get(call: Call<typeof contract.getTask>): Promise<Answer<typeof contract.getTask>> {
    const task = await this.findLater(call);
    if (task.outcomeId !== null) return done(task, task.outcomeId, call);
    const headers = { 'Content-Location': taskUri(task.id, call.origin) };
    return withRetryAfter(call, {
      status: 200,
      headers,
      body: taskView(task, call.origin, call.now),
      speak: task.speech,
    });
  }

  @Operation(contract.getTaskStatus)
  async status(call: Call<typeof contract.getTaskStatus>): Promise<Answer<typeof contract.getTaskStatus>> {
    const task = await this.findLater(call);
    return withRetryAfter(call, { status: 200, body: taskView(task, call.origin, call.now), speak: task.speech });
  }

  @Operation(contract.deleteTask)
  async delete(call: Call<typeof contract.deleteTask>): Promise<Answer<typeof contract.deleteTask>> {
    const id = call.param('id');
    if (await isGivenBack(call, this.reservations, tasksPath, id)) return { status: 204 };
    const deleted = await this.tasks.delete(call.owner, id, (task) =>
      call.requirePreconditions(TaskView, taskView(task, call.origin, call.now)),
    );
    if (!deleted) throw new Problem('not-found');
    return { status: 204 };
  }

  /** At once, or when it has ended, where the caller waits. */
  private async findLater(call: Call<typeof contract.getTask | typeof contract.getTaskStatus>): Promise<Task> {
    const id = call.param('id');
    const task = await this.tasks.find(call.owner, id);
    if (task === null) throw await nothingAt(call, this.reservations, tasksPath, id);
    const later = task.state === 'pending' ? await this.later(call, id) : undefined;
    if (later === null) throw new Problem('not-found');
    return later ?? task;
  }
}

function accepted(task: Task, { origin, now }: Call) {
  const uri = taskUri(task.id, origin);
  const headers = { Location: uri, 'Content-Location': uri };
  return { status: 202, headers, body: taskView(task, origin, now), speak: task.speech } as const;
}

/** RFC 9110 10.2.3. While it is pending: of what has ended there is nothing to wait for. */
function withRetryAfter<const A extends { readonly body: TaskView }>(call: Call, answer: A): A {
  const { estimate } = answer.body;
  if (estimate === undefined) return answer;
  call.response.setHeader('Retry-After', retryAfterSeconds(new Date(estimate.pingAfter), call.now));
  return answer;
}

/** RFC 9110 10.2.3: no Retry-After here, it would delay the redirect. 13.2.1: nor do preconditions count. */
function done(task: Task, outcomeId: string, { origin, now }: Call) {
  const headers = { Location: outcomeUri(task, outcomeId, origin), 'Content-Location': taskUri(task.id, origin) };
  return { status: 303, headers, body: taskView(task, origin, now), speak: task.speech } as const;
}
