import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { type Representation, row } from '../http/contract.js';
import { formType } from '../http/form-fields.js';
import { type ProblemSlug } from '../problem-types.js';
import { InvocationView } from './invocation.view.js';

/** What an invocation may carry. */
export class InvocationRequest {
  @ApiPropertyOptional({ description: 'Kept with the invocation.', minLength: 1, maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

/** A controller resource: a verb on a noun. */
export interface ControllerSpec<Id extends string, Path extends string, T extends object> {
  /** operationId of its POST. */
  id: Id;
  path: Path;
  tag: string;
  summary: string;
  description: string;
  /** What it changes, or makes: every answer is that, as it is now. */
  noun: Representation<T>;
  /** It can be done whatever the state of the resource. */
  inAnyState?: true;
  /** Its effect is queued. */
  queues?: true;
}

/** The rows of a controller resource and of its invocations, which can be minted and PUT like any creation. */
export function controllerRows<const Id extends string, const Path extends string, T extends object>(
  spec: ControllerSpec<Id, Path, T>,
) {
  const { id, path, tag, summary, description, noun, inAnyState } = spec;
  const queued = spec.queues ? ({ queues: true } as const) : {};
  const one = { tag, path: `${path}/{invocation}` } as const;
  const reason = { description: 'A reason, if you like.', schema: InvocationRequest };
  const accepts = { 'application/json': reason, [formType]: reason };
  const accepted = {
    description: 'Accepted; the body is the resource that changes.',
    headers: ['Location', 'Content-Location'],
    body: noun,
  } as const;
  const stateful: ProblemSlug[] = inAnyState ? [] : ['wrong-state'];
  const problems: ProblemSlug[] = ['not-found', ...stateful, 'unknown-member', 'invalid-member'];
  return {
    invoke: row({
      ...{
        id,
        method: 'POST',
        path,
        tag,
        summary,
        description,
        accepts,
        acceptsNothing: true,
        idempotencyKey: true,
        problems,
        ...queued,
      },
      answers: { 200: { description: 'Done.', headers: ['Content-Location'], body: noun }, 202: accepted },
    }),
    fill: row({
      ...{ id: `${id}Once`, method: 'PUT', ...one, accepts, acceptsNothing: true, conditional: true, ...queued },
      summary: `${summary}, once: fill a minted invocation`,
      answers: {
        200: {
          description: 'Invoked before, with the same content: nothing happened.',
          headers: ['Content-Location'],
          body: noun,
        },
        202: accepted,
      },
      problems: [...problems, 'other-content'],
    }),
    get: row({
      ...{ id: `${id}Invocation`, method: 'GET', ...one, conditional: true, problems: ['empty-slot'] },
      summary: 'An invocation that was made',
      answers: { 200: { description: 'Its record.', body: InvocationView } },
    }),
    giveBack: row({
      ...{ id: `${id}GiveBack`, method: 'DELETE', ...one, problems: ['reservation-filled'] },
      summary: 'Give a minted invocation back',
      answers: { 204: { description: 'Given back.' } },
    }),
  };
}
