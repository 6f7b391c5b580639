import { firstRepeated } from '../http/first-repeated.js';
import { membersMax, refuseUnusable } from '../http/json.js';
import { attributesIn, childrenIn, lost, textIn } from '../http/lost-in-xml.js';
import { malformed } from '../http/malformed.js';
import { type MemberFault, refuseMembers } from '../http/validate.js';
import { parseXml, type XmlNode } from '../http/xml-in.js';

/**
 * A task in XML as the plain object that its JSON would be: an element for each operation, its parameters attributes.
 * `<task><image href="…"/><operations><resize width="400"/></operations></task>`. Members that mean nothing are carried along,
 * to be refused by name where JSON's are; what an object has no place for is refused here.
 */
export function taskFromXml(text: string): Record<string, unknown> {
  return taskFromNode(parseXml(text));
}

/** The same of an element that was parsed. */
export function taskFromNode(root: XmlNode): Record<string, unknown> {
  if (root.name !== 'task') throw malformed(`The root element is <task>, not <${root.name}>.`);
  // As an object may have in JSON: more are not even put together.
  if (root.children.length > membersMax) throw malformed(`<task> has more than ${membersMax} elements.`);
  const members = [...Object.entries(root.attributes).map(attribute), ...root.children.map(member)];
  refuseRepeated(members.map(([name]) => name));
  const task = Object.fromEntries(members);
  refuseUnusable(task);
  refuseMembers([...textIn(root, ''), ...root.children.flatMap(lostOf)]);
  return task;
}

function member(node: XmlNode): [string, unknown] {
  switch (node.name) {
    case 'image':
      return ['image', node.attributes['href'] ?? node.text.trim()];
    case 'operations':
      return ['operations', node.children.map(operation)];
    case 'callback': {
      const { href, ...others } = node.attributes;
      return ['callback', { ...others, ...(href === undefined ? {} : { url: href }) }];
    }
    default:
      return [node.name, node.text.trim()];
  }
}

/** Those of the root are seconds. */
const attribute = ([name, value]: [string, string]): [string, unknown] => [
  name,
  /^\d+$/.test(value) ? Number(value) : value,
];

const operation = ({ name, attributes }: XmlNode): object => ({ ...attributes, operation: name });

function refuseRepeated(names: string[]): void {
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw malformed(`<task> has more than one ${repeated}.`);
}

/** What `member` has left out of a child of the root. */
function lostOf(node: XmlNode): MemberFault[] {
  const at = `/${node.name}`;
  switch (node.name) {
    case 'image': {
      const { href, ...others } = node.attributes;
      return [...attributesIn(others, at), ...childrenIn(node, at), ...(href === undefined ? [] : textIn(node, at))];
    }
    case 'operations':
      return [...attributesIn(node.attributes, at), ...textIn(node, at), ...node.children.flatMap(lostOfOperation)];
    case 'callback':
      return [
        ...('url' in node.attributes ? attributesIn({ url: '' }, at) : []),
        ...childrenIn(node, at),
        ...textIn(node, at),
      ];
    default:
      return [...attributesIn(node.attributes, at), ...childrenIn(node, at)];
  }
}

function lostOfOperation(node: XmlNode, index: number): MemberFault[] {
  const at = `/operations/${index}`;
  const named =
    'operation' in node.attributes ? [lost(`${at}/operation`, 'the element itself names the operation')] : [];
  return [...named, ...childrenIn(node, at), ...textIn(node, at)];
}
