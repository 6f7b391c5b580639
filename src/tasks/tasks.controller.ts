import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { imageUri } from '../images/image.view.js';
import { ImagesService } from '../images/images.service.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { isGivenBack, mintFor, nothingAt } from '../reservations/minting.js';
import { reservationView, reservedHeaders } from '../reservations/reservation.view.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { retryAfterSeconds, type Task } from './task.js';
import { noSuchImage, withTask } from './task.intake.js';
import { taskUri, taskView, TaskView } from './task.view.js';
import * as contract from './tasks.contract.js';
import { contentOf, tasksPath, TasksService } from './tasks.service.js';

@Controller()
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly images: ImagesService,
    private readonly reservations: ReservationsService,
    private readonly once: Once,
  ) {}

  @Operation(contract.createTask)
  async create(call: Call<typeof contract.createTask>): Promise<Answer<typeof contract.createTask>> {
    if (call.isEmpty) return this.once.run(call, { empty: true }, (tx) => this.mint(call, tx));
    return withTask(call, this.images, (order) =>
      this.once.run(call, contentOf(order), async (tx) => {
        const task = await this.tasks.accept(order, tx);
        if (task === null) throw noSuchImage();
        return accepted(task, call.origin);
      }),
    );
  }

  private async mint(call: Call, tx?: EntityManager): Promise<Answer<typeof contract.createTask>> {
    const reservation = await mintFor(call, this.reservations, tasksPath, tx);
    const body = reservationView(reservation, call.origin, new Date());
    return { status: 201, headers: reservedHeaders(reservation, call.origin), body };
  }

  @Operation(contract.putTask)
  async put(call: Call<typeof contract.putTask>): Promise<Answer<typeof contract.putTask>> {
    const check = (present: Task | null): void =>
      call.requirePreconditions(TaskView, present && taskView(present, call.origin, new Date()));
    const filling = await withTask(call, this.images, (order) => this.tasks.put(call.param('id'), order, check));
    switch (filling.outcome) {
      case 'accepted':
        return accepted(filling.task, call.origin);
      case 'same': {
        const body = taskView(filling.task, call.origin, new Date());
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
        throw noSuchImage();
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
    const now = new Date();
    const items = page.items.map((task) => taskView(task, call.origin, now));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getTask)
  async get(call: Call<typeof contract.getTask>): Promise<Answer<typeof contract.getTask>> {
    const task = await this.find(call);
    const now = new Date();
    const uri = taskUri(task.id, call.origin);
    const body = taskView(task, call.origin, now);
    if (task.outcomeId !== null) {
      // RFC 9110 10.2.3: no Retry-After here, it would delay the redirect. 13.2.1: nor do preconditions count.
      const headers = { Location: imageUri(task.outcomeId, call.origin), 'Content-Location': uri };
      return { status: 303, headers, body, speak: task.speech };
    }
    if (task.state === 'pending') call.response.setHeader('Retry-After', retryAfterSeconds(task, now));
    return { status: 200, headers: { 'Content-Location': uri }, body, speak: task.speech };
  }

  @Operation(contract.getTaskStatus)
  async status(call: Call<typeof contract.getTaskStatus>): Promise<Answer<typeof contract.getTaskStatus>> {
    const task = await this.find(call);
    const now = new Date();
    if (task.state === 'pending') call.response.setHeader('Retry-After', retryAfterSeconds(task, now));
    return { status: 200, body: taskView(task, call.origin, now), speak: task.speech };
  }

  @Operation(contract.deleteTask)
  async delete(call: Call<typeof contract.deleteTask>): Promise<Answer<typeof contract.deleteTask>> {
    const id = call.param('id');
    if (await isGivenBack(call, this.reservations, tasksPath, id)) return { status: 204 };
    const deleted = await this.tasks.delete(call.owner, id, (task) =>
      call.requirePreconditions(TaskView, taskView(task, call.origin, new Date())),
    );
    if (!deleted) throw new Problem('not-found');
    return { status: 204 };
  }

  private async find(call: Call<typeof contract.getTask | typeof contract.getTaskStatus>): Promise<Task> {
    const task = await this.tasks.find(call.owner, call.param('id'));
    if (task === null) throw await nothingAt(call, this.reservations, tasksPath, call.param('id'));
    return task;
  }
}

function accepted(task: Task, origin: string) {
  const now = new Date();
  const uri = taskUri(task.id, origin);
  const headers = { Location: uri, 'Content-Location': uri, 'Retry-After': String(retryAfterSeconds(task, now)) };
  return { status: 202, headers, body: taskView(task, origin, now), speak: task.speech } as const;
}
