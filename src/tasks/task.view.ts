import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { imageUri } from '../images/image.view.js';
import { textUri } from '../texts/text.view.js';
import { type XmlElement } from '../http/xml-out.js';
import {
  cancellable,
  p50Of,
  pingAfter,
  retriable,
  type Task,
  type TaskProblem,
  taskProblems,
  type TaskState,
  taskStates,
} from './task.js';
import { taskListPage, taskPage } from './task.page.js';

export class ProgressView {
  @ApiProperty({ example: 'resize' }) operation: string;
  @ApiProperty({ type: 'integer', example: 1 }) step: number;
  @ApiProperty({ type: 'integer', example: 2 }) of: number;
  @ApiProperty({ type: 'number', minimum: 0, maximum: 100, example: 50 }) percent: number;
}

export class EstimateView {
  @ApiProperty({ format: 'date-time', description: 'When it makes sense to ask again.' }) pingAfter: string;
  @ApiProperty({
    description: 'Seconds from acceptance (or from the latest retry) to the end, of half of such tasks.',
    example: 0.4,
  })
  p50: number;
  @ApiProperty({ description: 'The same, of nine in ten.', example: 1.2 }) p90: number;
  @ApiProperty({ type: 'integer', description: 'Tasks that were in front of it then.', example: 3 }) ahead: number;
}

const messages: Record<TaskState, string> = {
  pending: 'Request is still being processed.',
  ok: 'Your request has been processed successfully.',
  failed: 'Failed to complete your request.',
  cancelled: 'Your request has been cancelled.',
};

/** The states as the source document spells them in XML. */
const xmlStates: Record<TaskState, string> = { pending: 'pending', ok: 'OK', failed: 'FAILED', cancelled: 'CANCELLED' };

/** What clients see of a task, in every state the same. */
export class TaskView {
  static readonly element = 'status';
  static readonly toHtml = taskPage;

  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: taskStates, description: 'pending is waiting or running; nothing follows the others.' })
  state: TaskState;
  @ApiProperty({ example: messages.pending }) message: string;
  @ApiProperty({ format: 'date-time' }) created: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Of the attempt that runs, or ended the task.' })
  started?: string;
  @ApiPropertyOptional({ format: 'date-time' }) completed?: string;
  @ApiPropertyOptional({ type: ProgressView }) progress?: ProgressView;
  @ApiPropertyOptional({
    type: EstimateView,
    description:
      'While it is pending: from what such work has taken, the work that was ahead of it and the workers alive.',
  })
  estimate?: EstimateView;
  @ApiPropertyOptional({ description: 'Why it failed, for people.', example: 'Invalid image format.' }) detail?: string;
  @ApiPropertyOptional({ description: 'Why it failed, for machines.', enum: taskProblems, example: 'invalid-image' })
  problem?: TaskProblem;
  @ApiProperty({
    type: [Object],
    description: 'In the order in which they are done.',
    example: [{ operation: 'resize', width: 400 }],
  })
  operations: object[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    description:
      'self, status (never redirects), events, image (worked on), outcome (when it is ok), cancel, retry (where they can be invoked), alerts (where there is a callback).',
  })
  links: Record<string, string>;

  /** The source document's form. Its dates have no fractions of a second. */
  static toXml(view: TaskView): XmlElement {
    const element = (name: string, text: string | undefined): XmlElement[] =>
      text === undefined ? [] : [{ name, children: [text] }];
    const { self, ...related } = view.links;
    return {
      name: TaskView.element,
      attributes: { 'xmlns:atom': 'http://www.w3.org/2005/Atom' },
      children: [
        ...element('state', xmlStates[view.state]),
        { name: 'atom:link', attributes: { rel: 'self', href: self } },
        ...Object.entries(related).map(([rel, href]) => ({ name: 'atom:link', attributes: { rel, href } })),
        ...element('message', view.message),
        ...element('ping-after', wholeSeconds(view.estimate?.pingAfter)),
        ...(view.progress === undefined ? [] : [{ name: 'progress', attributes: { ...view.progress } }]),
        ...element('detail', view.detail),
        ...element('completed', wholeSeconds(view.completed)),
      ],
    };
  }
}

export class TaskListView {
  static readonly element = 'tasks';
  static readonly toHtml = taskListPage;

  @ApiProperty({ type: [TaskView] }) items: TaskView[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;

  /** Each item is what the task itself would be. */
  static toXml(view: TaskListView): XmlElement {
    const links = Object.entries(view.links).map(([rel, href]) => ({ name: 'atom:link', attributes: { rel, href } }));
    const items = view.items.map((item) => ({ ...TaskView.toXml(item), attributes: {} }));
    return {
      name: TaskListView.element,
      attributes: { 'xmlns:atom': 'http://www.w3.org/2005/Atom' },
      children: [...items, ...links],
    };
  }
}

export function taskView(task: Task, origin: string, now: Date): TaskView {
  const self = taskUri(task.id, origin);
  return {
    id: task.id,
    state: task.state,
    message: messages[task.state],
    created: task.createdAt.toISOString(),
    ...(task.startedAt === null ? {} : { started: task.startedAt.toISOString() }),
    ...(task.completedAt === null ? {} : { completed: task.completedAt.toISOString() }),
    ...(task.progress === null || task.state !== 'pending' ? {} : { progress: task.progress }),
    ...(task.state === 'pending' ? { estimate: estimateView(task, now) } : {}),
    ...(task.detail === null ? {} : { detail: task.detail }),
    ...(task.problem === null ? {} : { problem: task.problem }),
    operations: task.operations,
    links: {
      self,
      status: `${self}/status`,
      events: `${self}/events`,
      ...(cancellable.includes(task.state) ? { cancel: `${self}/cancel` } : {}),
      ...(retriable.includes(task.state) ? { retry: `${self}/retry` } : {}),
      ...(task.callback === null ? {} : { alerts: `${origin}/alerts?task=${task.id}` }),
      ...(task.imageId === null ? {} : { image: imageUri(task.imageId, origin) }),
      ...(task.outcomeId === null ? {} : { outcome: outcomeUri(task, task.outcomeId, origin) }),
    },
  };
}

/** An image, or a text. */
export function outcomeUri({ outcomeKind }: Pick<Task, 'outcomeKind'>, id: string, origin: string): string {
  return outcomeKind === 'text' ? textUri(id, origin) : imageUri(id, origin);
}

export function taskUri(id: string, origin: string): string {
  return `${origin}/images/tasks/${id}`;
}

function estimateView(task: Task, now: Date): EstimateView {
  const { p90, ahead } = task;
  return { pingAfter: pingAfter(task, now).toISOString(), p50: rounded(p50Of(task)), p90: rounded(p90), ahead };
}

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;

function wholeSeconds(date: string | undefined): string | undefined {
  return date?.replace(/\.\d+Z$/, 'Z');
}
