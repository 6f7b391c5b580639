import { ApiProperty } from '@nestjs/swagger';
import { type Callback, type NewAlert } from '../alerts/alert.js';
import { mediaTypes } from '../http/negotiation.js';
import { render } from '../http/render.js';
import { type XmlElement } from '../http/xml-out.js';
import { type Task } from './task.js';
import { taskView, TaskView } from './task.view.js';

/** What a callback is told when its task has ended, in the envelope of Standard Webhooks. */
export class TaskMessage {
  static readonly element = 'alert';

  @ApiProperty({ enum: ['task.ok', 'task.failed', 'task.cancelled'] }) type: string;
  @ApiProperty({ format: 'date-time', description: 'When the task ended.' }) timestamp: string;
  @ApiProperty({ type: TaskView, description: 'The task as it ended; of one over 20 kB the operations are left out.' })
  data: TaskView;

  static toXml({ type, timestamp, data }: TaskMessage): XmlElement {
    const children = [
      { name: 'type', children: [type] },
      { name: 'timestamp', children: [timestamp] },
      { name: 'data', children: [TaskView.toXml(data)] },
    ];
    return { name: TaskMessage.element, children };
  }
}

/** Standard Webhooks: a receiver need not take more, bytes. What is left out is at the task's own URI. */
const bodyMax = 20_000;

/** Of the end of a task: its own representation. */
export function alertOf(task: Task, { url, secret, format, origin }: Callback): NewAlert {
  const { owner, id: taskId, round } = task;
  const completedAt = task.completedAt ?? task.createdAt;
  const type = `task.${task.state}`;
  const mediaType = mediaTypes[format];
  const data = taskView(task, origin, completedAt);
  const message = { type, timestamp: completedAt.toISOString(), data };
  const whole = render(TaskMessage, message, mediaType);
  const fits = Buffer.byteLength(whole) <= bodyMax;
  const body = fits ? whole : render(TaskMessage, { ...message, data: { ...data, operations: [] } }, mediaType);
  return { owner, taskId, round, type, url, secret, mediaType, body };
}
