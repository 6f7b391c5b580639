import { row } from '../http/contract.js';
import { TaskBatchView } from './task-batch.view.js';
import { taskSchema } from './task-request.contract.js';

/** Tasks in one call. More would hold one transaction, and the answer, for longer than a caller should wait. */
export const batchTasksMax = 1_000;

/** The document that lists them: 2 kB a task, where one of three operations takes 200 bytes. It is read whole. */
export const batchBytesMax = 2 * 1024 * 1024;

const example = {
  tasks: [
    { image: '/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11', operations: [{ operation: 'resize', width: 400 }] },
    { image: '/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c12', operations: [{ operation: 'convert', format: 'webp' }] },
  ],
};
const xmlExample =
  '<tasks><task><image href="/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11"/><operations><resize width="400"/></operations></task></tasks>';

const batchSchema = {
  type: 'object',
  required: ['tasks'],
  additionalProperties: false,
  properties: {
    tasks: {
      type: 'array',
      minItems: 1,
      maxItems: batchTasksMax,
      items: taskSchema,
      description: 'Each as it would be POSTed alone.',
    },
  },
};

export const createTasks = row({
  id: 'createTasks',
  method: 'POST',
  path: '/images/tasks/batch',
  tag: 'Tasks',
  summary: `Ask for up to ${batchTasksMax} tasks in one call`,
  description:
    'Each of them succeeds or fails for itself, all that are accepted in one commit. The answer is 200 with one result a task, ' +
    'in their order: what a POST of that task alone would have answered, 202 with the task, 303 with the outcome of equal work, ' +
    'or a problem whose pointers are relative to that task. In multipart a task names an image that came along as ' +
    '`"image": "cid:…"`: the Content-ID of its part (multipart/related), or the name of its field (form-data). Several may name ' +
    'the same; one that nobody names is thrown away.',
  accepts: {
    'application/json': { description: 'Naming stored images.', schema: batchSchema, example },
    'application/xml': { description: 'The same in XML.', schema: { type: 'string' }, example: xmlExample },
    'text/xml': { description: 'The same as application/xml.', schema: { type: 'string' }, example: xmlExample },
    'multipart/form-data': {
      description: 'A form with a field `tasks` (JSON or XML); every other field is an image, by its name.',
      schema: {
        type: 'object',
        required: ['tasks'],
        properties: {
          tasks: {
            type: 'string',
            example: '{"tasks":[{"image":"cid:photo","operations":[{"operation":"flip"}]}]}',
          },
        },
        additionalProperties: { type: 'string', format: 'binary' },
      },
    },
    'multipart/related': {
      description: 'RFC 2387: a root part in JSON or XML, and images with a Content-ID each, in any order.',
      schema: { type: 'string', format: 'binary' },
    },
  },
  idempotencyKey: true,
  reuses: true,
  answers: {
    200: {
      description: 'One result a task, in their order. That all have failed is no failure of the call.',
      body: TaskBatchView,
    },
  },
  problems: ['unknown-member', 'invalid-member', 'storage-full', 'quota-exceeded'],
});
