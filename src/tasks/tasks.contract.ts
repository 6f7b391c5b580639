import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, IsIn, IsInt, IsOptional, IsString, IsUUID, Min } from 'class-validator';
import { controllerRows } from '../controllers/controller.contract.js';
import { row } from '../http/contract.js';
import { PageQuery } from '../http/pagination.js';
import { IsTime } from '../http/time.js';
import { operationsSchema } from '../processing/operations.js';
import { ReservationView } from '../reservations/reservation.view.js';
import { type TaskState, taskStates } from './task.js';
import { TaskListView, TaskView } from './task.view.js';

const tag = 'Tasks';
const example = {
  image: '/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11',
  operations: [
    { operation: 'resize', width: 400 },
    { operation: 'convert', format: 'webp' },
  ],
};
const xmlExample =
  '<task><image href="/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11"/><operations><resize width="400"/><convert format="webp"/></operations></task>';

/** What is asked for. Each operation is checked by its own schema: processing/operations. */
export class TaskRequest {
  @IsOptional()
  @IsString()
  image?: string;

  @Allow()
  @Transform(({ obj }: { obj: { operations?: unknown } }) => obj.operations)
  operations: unknown;

  @IsOptional()
  @IsInt()
  @Min(1)
  taskTtl?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  resultTtl?: number;
}

const taskSchema = {
  type: 'object',
  required: ['operations'],
  additionalProperties: false,
  properties: {
    image: {
      type: 'string',
      description: 'URI or id of a stored image. Left out where the image comes in a part of its own.',
    },
    operations: { ...operationsSchema(), description: 'Done in this order.' },
    taskTtl: {
      type: 'integer',
      minimum: 1,
      description: 'Seconds that the task is kept after its end; at most as the service has it.',
    },
    resultTtl: { type: 'integer', minimum: 1, description: 'The same for its outcome.' },
  },
};

export class ListTasksQuery extends PageQuery {
  @ApiPropertyOptional({ enum: taskStates }) @IsOptional() @IsIn(taskStates) state?: TaskState;
  @ApiPropertyOptional({ format: 'uuid', description: 'Tasks that work on this image.' })
  @IsOptional()
  @IsUUID()
  image?: string;
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsTime()
  createdAfter?: Date;
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsTime()
  createdBefore?: Date;
}

const done = {
  description: 'Done: Location is the outcome (RFC 9110 15.4.4), Content-Location the task.',
  headers: ['Location', 'Content-Location'],
  body: TaskView,
} as const;

/** Any body that may hold a task. */
const taskBodies = {
  'application/json': { description: 'Naming a stored image.', schema: taskSchema, example },
  'application/xml': {
    description: 'The same in XML: an element for each operation.',
    schema: { type: 'string' },
    example: xmlExample,
  },
  'text/xml': { description: 'The same as application/xml.', schema: { type: 'string' }, example: xmlExample },
  'multipart/form-data': {
    description: 'A form with a field `task` (JSON or XML) and a file `image`.',
    schema: {
      type: 'object',
      required: ['task', 'image'],
      properties: {
        task: { type: 'string', example: JSON.stringify({ operations: example.operations }) },
        image: { type: 'string', format: 'binary' },
      },
    },
  },
  'multipart/related': {
    description:
      'RFC 2387: a root part in JSON or XML, and the image. Order and boundary are free, `start` is honoured.',
    schema: { type: 'string', format: 'binary' },
  },
};

const accepted = {
  description: 'Accepted. The body is the task.',
  headers: ['Location', 'Content-Location', 'Retry-After'],
  body: TaskView,
} as const;

export const createTask = row({
  id: 'createTask',
  method: 'POST',
  path: '/images/tasks',
  tag,
  summary: 'Ask for an image to be processed',
  description:
    'Accepted means committed: the 202 is sent once the task and its job are durable. Follow Location: 200 while it is ' +
    'pending or when it failed, 303 to the outcome when it is done. A task that was asked in XML answers in XML unless Accept says otherwise.',
  accepts: taskBodies,
  acceptsNothing: true,
  idempotencyKey: true,
  answers: {
    201: {
      description: 'Without content: a URI was minted for a task to be PUT to, once.',
      headers: ['Location', 'Link'],
      body: ReservationView,
    },
    202: accepted,
  },
  problems: ['unknown-member', 'invalid-member', 'storage-full', 'too-many-reservations'],
});

export const listTasks = row({
  id: 'listTasks',
  method: 'GET',
  path: '/images/tasks',
  tag,
  summary: 'List tasks, newest first',
  query: ListTasksQuery,
  answers: { 200: { description: 'A page; `next` and `prev` lead on.', headers: ['Link'], body: TaskListView } },
  conditional: true,
});

export const getTask = row({
  id: 'getTask',
  method: 'GET',
  path: '/images/tasks/{id}',
  aliases: ['/images/task/{id}'],
  tag,
  summary: 'A task: how far it is, why it failed, or where its outcome is',
  answers: {
    200: {
      description: 'Pending (with Retry-After), failed (the reason is in the body) or cancelled.',
      headers: ['ETag', 'Content-Location'],
      body: TaskView,
    },
    303: done,
  },
  problems: ['empty-slot'],
  conditional: true,
});

export const getTaskStatus = row({
  id: 'getTaskStatus',
  method: 'GET',
  path: '/images/tasks/{id}/status',
  tag,
  summary: 'The same, never redirecting: the outcome is a link in the body',
  answers: { 200: { description: 'In any state.', headers: ['ETag'], body: TaskView } },
  problems: ['empty-slot'],
  conditional: true,
});

export const putTask = row({
  id: 'putTask',
  method: 'PUT',
  path: '/images/tasks/{id}',
  tag,
  summary: 'Fill a minted URI with a task, once',
  description: 'The first PUT is accepted; the same again has no effect, other content is refused.',
  accepts: taskBodies,
  answers: {
    202: accepted,
    200: { description: 'Accepted before: the task as it is now.', headers: ['Content-Location'], body: TaskView },
  },
  problems: ['unknown-member', 'invalid-member', 'storage-full', 'other-content'],
  conditional: true,
});

const controllers = '/images/tasks/{id}';

export const cancelTask = controllerRows({
  id: 'cancelTask',
  path: `${controllers}/cancel`,
  tag,
  summary: 'Cancel a task',
  description: 'At once while it waits (200). While it runs (202) its worker is told, and what comes out is discarded.',
  noun: TaskView,
});

const retry = controllerRows({
  id: 'retryTask',
  path: `${controllers}/retry`,
  tag,
  summary: 'Try a task again that failed or was cancelled',
  description: 'It is pending again, with all its attempts.',
  noun: TaskView,
});

/** It is never done at once: there is a job to be worked on. */
export const retryTask = {
  ...retry,
  invoke: row({ ...retry.invoke, answers: { 202: retry.invoke.answers[202] } }),
};

export const deleteTask = row({
  id: 'deleteTask',
  method: 'DELETE',
  path: '/images/tasks/{id}',
  tag,
  summary: 'Forget a task, or give a minted URI back',
  description: 'Work in hand is discarded. An outcome that is there already stays until its own time is over.',
  answers: { 204: { description: 'Forgotten.' } },
  conditional: true,
});
