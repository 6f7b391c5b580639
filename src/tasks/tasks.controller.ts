import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { httpSettings } from '../http/settings.js';
import { imageUri } from '../images/image.view.js';
import { ImagesService } from '../images/images.service.js';
import { Problem } from '../problems.js';
import { retryAfterSeconds, type Task } from './task.js';
import { noSuchImage, takeTask } from './task.intake.js';
import { taskUri, taskView, TaskView } from './task.view.js';
import * as contract from './tasks.contract.js';
import { TasksService } from './tasks.service.js';

@Controller()
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly images: ImagesService,
  ) {}

  @Operation(contract.createTask)
  async create(call: Call<typeof contract.createTask>): Promise<Answer<typeof contract.createTask>> {
    const { uploadBytesMax } = httpSettings(call.request.app);
    const { operations, speech, source } = await takeTask(call, this.images, uploadBytesMax);
    const stored = 'imageId' in source ? source : await this.tasks.sourceOf(call.owner, source);
    const task = await this.tasks.accept({ owner: call.owner, operations, speech, source: stored });
    if (task === null) throw noSuchImage();
    const now = new Date();
    const uri = taskUri(task.id, call.origin);
    const headers = { Location: uri, 'Content-Location': uri, 'Retry-After': String(retryAfterSeconds(task, now)) };
    return { status: 202, headers, body: taskView(task, call.origin, now), speak: speech };
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
    const task = await this.find(call.owner, call.param('id'));
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
    const task = await this.find(call.owner, call.param('id'));
    const now = new Date();
    if (task.state === 'pending') call.response.setHeader('Retry-After', retryAfterSeconds(task, now));
    return { status: 200, body: taskView(task, call.origin, now), speak: task.speech };
  }

  @Operation(contract.deleteTask)
  async delete(call: Call<typeof contract.deleteTask>): Promise<Answer<typeof contract.deleteTask>> {
    const task = await this.find(call.owner, call.param('id'));
    call.requirePreconditions(TaskView, taskView(task, call.origin, new Date()));
    if (!(await this.tasks.delete(call.owner, task.id))) throw new Problem('not-found');
    return { status: 204 };
  }

  private async find(owner: string, id: string): Promise<Task> {
    const task = await this.tasks.find(owner, id);
    if (task === null) throw new Problem('not-found');
    return task;
  }
}
