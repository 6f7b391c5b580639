import { type Speech } from '../http/contract.js';
import { invalidMember } from '../http/invalid-member.js';
import { isRecord, pointerTo, readJson } from '../http/json.js';
import { refuseMembers } from '../http/validate.js';
import { attributesIn, childrenIn, lost, textIn } from '../http/lost-in-xml.js';
import { malformed } from '../http/malformed.js';
import { parseXml } from '../http/xml-in.js';
import { batchTasksMax } from './task-batch.contract.js';
import { taskFromNode } from './task.xml.js';

/** A task as it would be if it were the whole body. Throws what is wrong with that one alone. */
export type RawTask = () => unknown;

/** `{"tasks": […]}` or `<tasks><task/>…</tasks>`. What is no such list, or too long a one, is refused as a whole. */
export function batchItems(text: string, speech: Speech): RawTask[] {
  const items = speech === 'xml' ? xmlItems(text) : jsonItems(text);
  if (items.length > 0 && items.length <= batchTasksMax) return items;
  throw invalidMember(
    '/tasks',
    `1 to ${batchTasksMax} tasks; got ${items.length}`,
    `a list of 1 to ${batchTasksMax} tasks`,
  );
}

function jsonItems(text: string): RawTask[] {
  const body = readJson(text);
  if (!isRecord(body)) throw invalidMember('', 'The body is an object', 'an object such as {"tasks": […]} is expected');
  const { tasks, ...others } = body;
  refuseMembers(Object.keys(others).map((name) => lost(pointerTo('', name), 'there is no such member here')));
  if (!Array.isArray(tasks))
    throw invalidMember('/tasks', 'a list', `a list of 1 to ${batchTasksMax} tasks is expected`);
  return tasks.map((task: unknown) => () => task);
}

function xmlItems(text: string): RawTask[] {
  const root = parseXml(text);
  if (root.name !== 'tasks') throw malformed(`The root element is <tasks>, not <${root.name}>.`);
  const children = root.children.filter(({ name }) => name !== 'task');
  refuseMembers([...attributesIn(root.attributes, ''), ...childrenIn({ children }, ''), ...textIn(root, '')]);
  return root.children.map((task) => () => taskFromNode(task));
}
