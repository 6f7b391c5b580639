import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { InvocationRequest } from '../controllers/controller.contract.js';
import { type Invocation } from '../controllers/invocation.js';
import { invocationView, InvocationView } from '../controllers/invocation.view.js';
import { type Invocable, InvocationsService } from '../controllers/invocations.service.js';
import { type Call } from '../http/call.js';
import { type Answer, type Row } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { nothingAt } from '../reservations/minting.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { cancellable, retriable, type TaskState } from './task.js';
import { taskUri, taskView } from './task.view.js';
import { cancelTask, retryTask } from './tasks.contract.js';
import { TasksService } from './tasks.service.js';

type Effect = (tx: EntityManager, owner: string, id: string) => Promise<Invocation['status'] | null>;
type Verb = 'cancel' | 'retry';
type Path = { path: `/images/tasks/{id}/${Verb}` };
type Minted = { path: `/images/tasks/{id}/${Verb}/{invocation}` };

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
    private readonly invocations: InvocationsService,
    private readonly reservations: ReservationsService,
    private readonly once: Once,
  ) {}

  @Operation(cancelTask.invoke)
  cancel(call: Call<typeof cancelTask.invoke>): Promise<Answer<typeof cancelTask.invoke>> {
    return this.invoke(call, 'cancel');
  }

  @Operation(cancelTask.fill)
  cancelOnce(call: Call<typeof cancelTask.fill>): Promise<Answer<typeof cancelTask.fill>> {
    return this.fill(call, 'cancel');
  }

  @Operation(cancelTask.get)
  getCancel(call: Call<typeof cancelTask.get>): Promise<Answer<typeof cancelTask.get>> {
    return this.get(call, 'cancel');
  }

  @Operation(cancelTask.giveBack)
  giveBackCancel(call: Call<typeof cancelTask.giveBack>): Promise<Answer<typeof cancelTask.giveBack>> {
    return this.giveBack(call, 'cancel');
  }

  @Operation(retryTask.invoke)
  async retry(call: Call<typeof retryTask.invoke>): Promise<Answer<typeof retryTask.invoke>> {
    const answer = await this.invoke(call, 'retry');
    if (answer.status !== 202) throw new Error('a retry was done at once');
    return answer;
  }

  @Operation(retryTask.fill)
  retryOnce(call: Call<typeof retryTask.fill>): Promise<Answer<typeof retryTask.fill>> {
    return this.fill(call, 'retry');
  }

  @Operation(retryTask.get)
  getRetry(call: Call<typeof retryTask.get>): Promise<Answer<typeof retryTask.get>> {
    return this.get(call, 'retry');
  }

  @Operation(retryTask.giveBack)
  giveBackRetry(call: Call<typeof retryTask.giveBack>): Promise<Answer<typeof retryTask.giveBack>> {
    return this.giveBack(call, 'retry');
  }

  private async invoke(call: Call<Row & Path>, verb: Verb): Promise<Answer<typeof cancelTask.invoke>> {
    const invocable = await this.invocable(call, call.param('id'), verb);
    return this.once.run(call, { reason: invocable.reason }, async (tx) => {
      const { status } = await this.invocations.invoke(invocable, tx);
      const { uri, body, speak } = await this.present(call, call.param('id'), tx);
      if (status === 200) return { status, headers: { 'Content-Location': uri }, body, speak };
      return { status, headers: { Location: uri, 'Content-Location': uri }, body, speak };
    });
  }

  private async fill(call: Call<Row & Minted>, verb: Verb): Promise<Answer<typeof retryTask.fill>> {
    const invocable = await this.invocable(call, call.param('id'), verb);
    const filling = await this.invocations.fill(call.param('invocation'), invocable, (present) =>
      call.requirePreconditions(InvocationView, present && invocationView(present, call.origin)),
    );
    if (filling.outcome === 'nothing') throw new Problem('not-found');
    if (filling.outcome === 'other-content') throw new Problem('other-content');
    const { uri, body, speak } = await this.present(call, call.param('id'));
    if (filling.outcome === 'same') return { status: 200, headers: { 'Content-Location': uri }, body, speak };
    return { status: 202, headers: { Location: uri, 'Content-Location': uri }, body, speak };
  }

  private async get(call: Call<Row & Minted>, verb: Verb): Promise<Answer<typeof retryTask.get>> {
    const controller = pathOf(call.param('id'), verb);
    const invocation = await this.invocations.find(call.owner, controller, call.param('invocation'));
    if (invocation === null) throw await nothingAt(call, this.reservations, controller, call.param('invocation'));
    return { status: 200, body: invocationView(invocation, call.origin) };
  }

  private async giveBack(call: Call<Row & Minted>, verb: Verb): Promise<Answer<typeof retryTask.giveBack>> {
    const reservation = await this.reservations.find(call.owner, call.param('invocation'));
    if (reservation?.for !== pathOf(call.param('id'), verb)) throw new Problem('not-found');
    const given = await this.reservations.giveBack(call.owner, reservation.id);
    if (given !== true) throw new Problem(given === null ? 'not-found' : 'reservation-filled');
    return { status: 204 };
  }

  private async invocable(call: Call, id: string, verb: Verb): Promise<Invocable> {
    const { reason } = call.isEmpty ? {} : await call.json(InvocationRequest);
    const { from, run } = this.effects[verb];
    const effect = async (tx: EntityManager): Promise<Invocation['status']> => {
      const status = await run(tx, call.owner, id);
      if (status !== null) return status;
      const task = await this.tasks.find(call.owner, id, tx);
      if (task === null) throw new Problem('not-found');
      throw new Problem('wrong-state', {
        detail: `The task is ${task.state}; ${verb} takes one that is ${from.join(' or ')}.`,
      });
    };
    return { owner: call.owner, controller: pathOf(id, verb), reason, effect };
  }

  /** The task as it is now, in its own language. */
  private async present(call: Call, id: string, tx?: EntityManager) {
    const task = await this.tasks.find(call.owner, id, tx);
    if (task === null) throw new Problem('not-found');
    return { uri: taskUri(id, call.origin), body: taskView(task, call.origin, new Date()), speak: task.speech };
  }
}

const pathOf = (id: string, verb: Verb): string => `/images/tasks/${id}/${verb}`;
