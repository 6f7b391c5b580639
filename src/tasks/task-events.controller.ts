import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { type EventStream, lastEventId } from '../http/event-stream.js';
import { Operation } from '../http/operation.decorator.js';
import { nothingAt } from '../reservations/minting.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { type Task } from './task.js';
import { TaskWatchService } from './task-watch.service.js';
import { taskView } from './task.view.js';
import { getTaskEvents } from './tasks.contract.js';
import { tasksPath, TasksService } from './tasks.service.js';

/** A task as a stream: every event is the task as it is then, so whoever missed some has missed nothing. */
@Controller()
export class TaskEventsController {
  constructor(
    private readonly tasks: TasksService,
    private readonly reservations: ReservationsService,
    private readonly watch: TaskWatchService,
  ) {}

  @Operation(getTaskEvents)
  async events(call: Call<typeof getTaskEvents>): Promise<Answer<typeof getTaskEvents>> {
    const id = call.param('id');
    const task = await this.tasks.find(call.owner, id);
    if (task === null) throw await nothingAt(call, this.reservations, tasksPath, id);
    const named = lastEventId(call.request.headers['last-event-id']) ?? 0;
    // What is yet to come nobody has seen: it is no id of ours.
    const seen = named <= task.version ? named : 0;
    // WHATWG HTML 9.2.3: 204 tells a client not to come back.
    if (task.state !== 'pending' && seen >= task.version) return { status: 204 };
    return { status: 200, events: (stream) => this.follow(stream, task, seen, call.origin) };
  }

  private follow(stream: EventStream, task: Task, seen: number, origin: string): void {
    let told = seen;
    const tell = (now: Task | null): void => {
      if (now === null) return stream.end();
      if (now.version <= told) return;
      told = now.version;
      const type = now.state === 'pending' ? 'progress' : 'end';
      stream.send({ id: now.version, type, data: taskView(now, origin, new Date()) });
      if (type === 'end') stream.end();
    };
    tell(task);
    if (task.state === 'pending') stream.onClose(this.watch.watch(task.id, tell));
  }
}
