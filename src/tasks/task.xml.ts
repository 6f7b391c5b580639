import { malformed } from '../http/malformed.js';
import { parseXml, type XmlNode } from '../http/xml-in.js';

/**
 * A task in XML as the plain object that its JSON would be: an element for each operation, its parameters attributes.
 * `<task><image href="…"/><operations><resize width="400"/></operations></task>`. What means nothing is carried along,
 * to be refused by name where JSON's unknown members are.
 */
export function taskFromXml(text: string): Record<string, unknown> {
  const root = parseXml(text);
  if (root.name !== 'task') throw malformed(`The root element is <task>, not <${root.name}>.`);
  return Object.fromEntries([...Object.entries(root.attributes).map(attribute), ...root.children.map(member)]);
}

function member(node: XmlNode): [string, unknown] {
  switch (node.name) {
    case 'image':
      return ['image', node.attributes['href'] ?? node.text.trim()];
    case 'operations':
      return ['operations', node.children.map(operation)];
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
