import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GroupCommit } from '../database/group-commit.js';
import { ImagesService, type Upload } from '../images/images.service.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { costOf } from '../processing/estimate.js';
import { type NewTask, type Task } from './task.js';
import { type Acceptance, type TaskFilter, TasksRepository } from './tasks.repository.js';

/** What callers do with tasks. What workers do with them: task-work.service.ts. */
@Injectable()
export class TasksService {
  private readonly acceptances: GroupCommit<Acceptance, Task | null>;

  constructor(
    private readonly tasks: TasksRepository,
    private readonly images: ImagesService,
  ) {
    this.acceptances = new GroupCommit((items) => this.tasks.accept(items));
  }

  /** Resolves once the task and its job are committed: any process may answer for it then. null: no such image. */
  accept(task: NewTask): Promise<Task | null> {
    return this.acceptances.add({ ...task, id: randomUUIDv7(), cost: costOf(task.operations) });
  }

  /**
   * Makes an image of bytes that came with a task. Bytes that are no image are kept all the same: the task is accepted,
   * and fails with the reason.
   */
  async sourceOf(owner: string, upload: Upload): Promise<NewTask['source']> {
    const { inspection, ...incoming } = upload;
    if (!inspection.ok) {
      await this.images.keep(incoming);
      return { digest: incoming.digest };
    }
    const { image } = await this.images.create(owner, { ...incoming, header: inspection.header }, {});
    return { imageId: image.id };
  }

  find(owner: string, id: string): Promise<Task | null> {
    return this.tasks.find(owner, id);
  }

  async list(filter: TaskFilter, keyset: Keyset): Promise<Page<Task>> {
    return pageOf(await this.tasks.list(filter, keyset), keyset);
  }

  delete(owner: string, id: string): Promise<boolean> {
    return this.tasks.delete(owner, id);
  }
}
