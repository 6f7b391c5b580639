import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { controllerRows } from '../controllers/controller.contract.js';
import { row } from '../http/contract.js';
import { PageQuery } from '../http/pagination.js';
import { IsTime } from '../http/time.js';
import { ReservationView } from '../reservations/reservation.view.js';
import { type TaskState, taskStates } from './task.js';
import { taskBodies } from './task-request.contract.js';
import { TaskMessage } from './task.message.js';
import { TaskListView, TaskView } from './task.view.js';

const tag = 'Tasks';
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

const accepted = {
  description: 'Accepted. The body is the task; Retry-After says when to ask for it, while it is pending.',
  headers: ['Location', 'Content-Location'],
  mayCarry: ['Retry-After'],
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
    'pending or when it failed, 303 to the outcome when it is done. Equal work (the same bytes, the same operations) that is ' +
    'asked for at the same time is done once, for all of its tasks. A task that was asked in XML answers in XML unless Accept says otherwise.',
  accepts: taskBodies,
  acceptsNothing: true,
  idempotencyKey: true,
  reuses: true,
  queues: true,
  prefers: ['wait', 'respond-async', 'return'],
  callback: {
    name: 'taskEnded',
    url: '{$request.body#/callback/url}',
    summary: 'Sent to the callback when the task has ended, as Standard Webhooks has it',
    body: TaskMessage,
    answers: {
      204: 'The proper answer: nothing is expected of the receiver. Any 2xx ends the deliveries.',
      '3XX': 'A failure: redirections are not followed.',
      410: 'Ends all deliveries to this URL.',
      429: 'Tried again, not before Retry-After.',
      503: 'Tried again, not before Retry-After.',
      default: 'Tried again, nine times over three days.',
    },
  },
  answers: {
    201: {
      description: 'Without content: a URI was minted for a task to be PUT to, once.',
      headers: ['Location', 'Link'],
      body: ReservationView,
    },
    202: accepted,
    303: {
      ...done,
      description:
        'The same was done before, and its outcome is still there: Content-Location is the task that has done it. Or it was ' +
        `done in time, with \`Prefer: wait\`. ${done.description}`,
    },
  },
  problems: ['unknown-member', 'invalid-member', 'storage-full', 'quota-exceeded', 'too-many-reservations'],
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
      mayCarry: ['Retry-After'],
      body: TaskView,
    },
    303: done,
  },
  problems: ['empty-slot'],
  prefers: ['wait'],
  conditional: true,
});

export const getTaskStatus = row({
  id: 'getTaskStatus',
  method: 'GET',
  path: '/images/tasks/{id}/status',
  tag,
  summary: 'The same, never redirecting: the outcome is a link in the body',
  answers: {
    200: {
      description: 'In any state.',
      headers: ['ETag'],
      mayCarry: ['Retry-After'],
      body: TaskView,
    },
  },
  problems: ['empty-slot'],
  prefers: ['wait'],
  conditional: true,
});

export const getTaskEvents = row({
  id: 'getTaskEvents',
  method: 'GET',
  path: '/images/tasks/{id}/events',
  tag,
  summary: 'A task as server-sent events, until its end',
  description:
    'Each event is the task as it is then: `progress` while it is pending, `end` for the last one. The ids rise; a ' +
    'client that comes back sends the last one it has seen as Last-Event-ID. A comment every 15 s keeps the connection.',
  answers: {
    200: { description: 'The stream. It closes after the last event.', events: true },
    204: { description: 'The client has seen the last event: it need not come back.' },
  },
  problems: ['empty-slot'],
});

export const putTask = row({
  id: 'putTask',
  method: 'PUT',
  path: '/images/tasks/{id}',
  tag,
  summary: 'Fill a minted URI with a task, once',
  description:
    'The first PUT is accepted; the same again has no effect, other content is refused. The URI was promised: where the same ' +
    'was done before, the task is at its end at once.',
  accepts: taskBodies,
  reuses: true,
  queues: true,
  prefers: ['respond-async', 'return'],
  answers: {
    202: accepted,
    200: { description: 'Accepted before: the task as it is now.', headers: ['Content-Location'], body: TaskView },
  },
  problems: ['unknown-member', 'invalid-member', 'storage-full', 'quota-exceeded', 'other-content'],
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
  queues: true,
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
