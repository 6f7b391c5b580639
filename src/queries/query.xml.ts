import { isRecord, membersMax, refuseUnusable } from '../http/json.js';
import { attributesIn, childrenIn, lost, textIn } from '../http/lost-in-xml.js';
import { malformed } from '../http/malformed.js';
import { type MemberFault, refuseMembers } from '../http/validate.js';
import { type Problem } from '../problems.js';
import { parseXml, type XmlNode } from '../http/xml-in.js';

/** Elements that may come several times, and the lists that they make. */
const lists: Record<string, string> = { id: 'ids', digest: 'digests', mediaType: 'mediaTypes' };

/** Elements whose attributes are what they say. */
const objects = ['bytes', 'width', 'height', 'created', 'modified', 'similarTo'];

/** What is written in digits and is no number. */
const texts = ['hash', 'image', 'name', 'text', 'cursor'];

/**
 * A query in XML as the plain object that its JSON would be: `<query><id>…</id><label name="album">summer*</label><width min="9"/></query>`.
 * Elements that mean nothing are carried along, to be refused by name where JSON's members are.
 */
export function queryFromXml(text: string): Record<string, unknown> {
  const root = parseXml(text);
  if (root.name !== 'query') throw malformed(`The root element is <query>, not <${root.name}>.`);
  const single = root.children.filter(({ name }) => !Object.hasOwn(lists, name));
  // As an object may have in JSON: more are not even put together.
  if (single.length > membersMax) throw malformed(`<query> has more than ${membersMax} elements beside its lists.`);
  const query: Record<string, unknown> = {};
  const faults: MemberFault[] = [...attributesIn(root.attributes, ''), ...textIn(root, '')];
  for (const node of root.children) {
    faults.push(...lostOf(node));
    add(query, node);
  }
  refuseUnusable(query);
  refuseMembers(faults);
  return query;
}

function add(query: Record<string, unknown>, node: XmlNode): void {
  const list = Object.hasOwn(lists, node.name) ? lists[node.name] : undefined;
  if (list !== undefined) {
    query[list] ??= [];
    if (!Array.isArray(query[list])) throw repeated(list);
    query[list].push(node.text.trim());
  } else if (node.name === 'label') {
    addLabel(query, node);
  } else {
    if (Object.hasOwn(query, node.name)) throw repeated(node.name);
    define(query, node.name, objects.includes(node.name) ? attributesOf(node) : valueOf(node.name, node.text.trim()));
  }
}

function addLabel(query: Record<string, unknown>, { attributes: { name = '' }, text }: XmlNode): void {
  const labels = (query['labels'] ??= {});
  if (!isRecord(labels)) throw repeated('labels');
  if (Object.hasOwn(labels, name)) throw repeated(`label ${name}`);
  define(labels, name, text);
}

const repeated = (name: string): Problem => malformed(`<query> has more than one ${name}.`);

/** Also what has a name that a prototype knows: it is refused by that name. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function attributesOf({ attributes }: XmlNode): object {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, valueOf(name, value)]));
}

function valueOf(name: string, value: string): string | number {
  return /^\d{1,16}$/.test(value) && !texts.includes(name) ? Number(value) : value;
}

/** What `add` has left out of a child of the root. */
function lostOf(node: XmlNode): MemberFault[] {
  const at = `/${node.name}`;
  const children = childrenIn(node, at);
  if (objects.includes(node.name)) return [...children, ...textIn(node, at)];
  const { name, ...others } = node.attributes;
  if (node.name !== 'label') return [...children, ...attributesIn(node.attributes, at)];
  const unnamed = name === undefined ? [lost(at, 'a label has a name')] : [];
  return [...children, ...unnamed, ...attributesIn(others, at)];
}
