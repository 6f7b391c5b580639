import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type ControllerResource, ControllerResources } from '../controllers/controller-resources.js';
import { type Invocation } from '../controllers/invocation.js';
import { type Call } from '../http/call.js';
import { type Answer, type Row } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { Problem } from '../problems.js';
import { cancellable, retriable, type TaskState } from './task.js';
import { taskUri, taskView, type TaskView } from './task.view.js';
import { cancelTask, retryTask } from './tasks.contract.js';
import { TasksService } from './tasks.service.js';

type Effect = (tx: EntityManager, owner: string, id: string) => Promise<Invocation['status'] | null>;
type Verb = 'cancel' | 'retry';
type TaskCall = Call<Row & { path: `/images/tasks/{id}/${string}` }>;

/** The controller resources of a task: what can be done to it that is no creation, reading or deletion. */
@Controller()
export class TaskControllersController {
  private readonly effects: Record<Verb, { from: TaskState[]; run: Effect }> = {
    cancel: {
      from: cancellable,
      run: async (tx, owner, id) => {
        const cancelled = await this.tasks.cancel(tx, owner, id);
        return cancelled && (cancelled === 'cancelled' ? 200 : 202);
      },
    },
    retry: { from: retriable, run: async (tx, owner, id) => ((await this.tasks.retry(tx, owner, id)) ? 202 : null) },
  };

  constructor(
    private readonly tasks: TasksService,
    private readonly controllers: ControllerResources,
  ) {}

  @Operation(cancelTask.invoke)
  cancel(call: Call<typeof cancelTask.invoke>): Promise<Answer<typeof cancelTask.invoke>> {
    return this.controllers.invoke(call, this.resource(call, 'cancel'));
  }

  @Operation(cancelTask.fill)
  cancelOnce(call: Call<typeof cancelTask.fill>): Promise<Answer<typeof cancelTask.fill>> {
    return this.controllers.fill(call, this.resource(call, 'cancel'));
  }

  @Operation(cancelTask.get)
  getCancel(call: Call<typeof cancelTask.get>): Promise<Answer<typeof cancelTask.get>> {
    return this.controllers.get(call, pathOf(call, 'cancel'));
  }

  @Operation(cancelTask.giveBack)
  giveBackCancel(call: Call<typeof cancelTask.giveBack>): Promise<Answer<typeof cancelTask.giveBack>> {
    return this.controllers.giveBack(call, pathOf(call, 'cancel'));
  }

  @Operation(retryTask.invoke)
  retry(call: Call<typeof retryTask.invoke>): Promise<Answer<typeof retryTask.invoke>> {
    return this.controllers.invokeLater(call, this.resource(call, 'retry'));
  }

  @Operation(retryTask.fill)
  retryOnce(call: Call<typeof retryTask.fill>): Promise<Answer<typeof retryTask.fill>> {
    return this.controllers.fill(call, this.resource(call, 'retry'));
  }

  @Operation(retryTask.get)
  getRetry(call: Call<typeof retryTask.get>): Promise<Answer<typeof retryTask.get>> {
    return this.controllers.get(call, pathOf(call, 'retry'));
  }

  @Operation(retryTask.giveBack)
  giveBackRetry(call: Call<typeof retryTask.giveBack>): Promise<Answer<typeof retryTask.giveBack>> {
    return this.controllers.giveBack(call, pathOf(call, 'retry'));
  }

  private resource(call: TaskCall, verb: Verb): ControllerResource<TaskView> {
    const [{ owner, origin }, id] = [call, call.param('id')];
    const find = async (tx?: EntityManager) => {
      const task = await this.tasks.find(owner, id, tx);
      if (task === null) throw new Problem('not-found');
      return task;
    };
    return {
      path: pathOf(call, verb),
      effect: async (tx) => {
        const { from, run } = this.effects[verb];
        const status = await run(tx, owner, id);
        if (status !== null) return status;
        const { state } = await find(tx);
        throw new Problem('wrong-state', {
          detail: `The task is ${state}; ${verb} takes one that is ${from.join(' or ')}.`,
        });
      },
      // The task as it is now, in its own language.
      present: async (_invocation, tx) => {
        const task = await find(tx);
        return { uri: taskUri(id, origin), body: taskView(task, origin, new Date()), speak: task.speech };
      },
    };
  }
}

const pathOf = (call: TaskCall, verb: Verb): string => `/images/tasks/${call.param('id')}/${verb}`;
