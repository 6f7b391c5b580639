import { type Callback, type NewAlert } from '../alerts/alert.js';
import { mediaTypes } from '../http/negotiation.js';
import { renderXml } from '../http/xml-out.js';
import { type Task } from './task.js';
import { taskView, TaskView } from './task.view.js';

/** Standard Webhooks: a receiver need not take more, bytes. What is left out is at the task's own URI. */
const bodyMax = 20_000;

/** What a callback is told when its task has ended: the task's own representation, in the envelope of Standard Webhooks. */
export function alertOf(task: Task, { url, secret, format, origin }: Callback): NewAlert {
  const type = `task.${task.state}`;
  const timestamp = (task.completedAt ?? task.createdAt).toISOString();
  const data = taskView(task, origin, task.completedAt ?? task.createdAt);
  const body = format === 'xml' ? xml(type, timestamp, data) : json(type, timestamp, data);
  return {
    owner: task.owner,
    taskId: task.id,
    round: task.round,
    type,
    url,
    secret,
    mediaType: mediaTypes[format],
    body,
  };
}

function json(type: string, timestamp: string, { operations, ...data }: TaskView): string {
  const whole = JSON.stringify({ type, timestamp, data: { ...data, operations } });
  return Buffer.byteLength(whole) <= bodyMax ? whole : JSON.stringify({ type, timestamp, data });
}

function xml(type: string, timestamp: string, data: TaskView): string {
  const children = [
    { name: 'type', children: [type] },
    { name: 'timestamp', children: [timestamp] },
    { name: 'data', children: [TaskView.toXml(data)] },
  ];
  return renderXml({ name: 'alert', children });
}
