/** An element to be written; strings among the children are text. A member that is undefined is left out. */
export interface XmlElement {
  name: string;
  attributes?: Record<string, string | number | boolean | undefined>;
  children?: (XmlElement | string)[];
}

// Own code: fast-xml-parser's builder writes characters that XML has none of, and takes names as they come.

/** A whole document (XML 1.0, UTF-8). Names are the program's own: one that is no XML name is a fault of ours, and thrown. */
export function renderXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${rendered(root)}\n`;
}

function rendered({ name, attributes = {}, children = [] }: XmlElement): string {
  const start = [checkedName(name)];
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start.push(`${checkedName(key)}="${escaped(String(value), specialInAttribute)}"`);
  }
  if (children.length === 0) return `<${start.join(' ')}/>`;
  const content = children.map((child) =>
    typeof child === 'string' ? escaped(child, specialInText) : rendered(child),
  );
  return `<${start.join(' ')}>${content.join('')}</${name}>`;
}

/** XML 1.0 2.3, for the characters that any client can be trusted with; at most one prefix (Namespaces in XML 4). */
function isXmlName(name: string): boolean {
  return /^(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*$/.test(name);
}

function checkedName(name: string): string {
  if (!isXmlName(name)) throw new TypeError(`${JSON.stringify(name)} is not a name in XML.`);
  return name;
}

// What a reader would normalise has to be referenced: CR anywhere (XML 1.0 2.11), white space in attributes (3.3.3).
const specialInText = /[&<>\r]/g;
const specialInAttribute = /[&<>"\r\n\t]/g;

const references: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * `special` goes out as a reference; what is no character of XML (XML 1.0 2.2), lone surrogates among it, as U+FFFD: it can't
 * even be referenced.
 */
function escaped(text: string, special: RegExp): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(special, (character) => references[character] ?? character);
}

/** What one entry of such an array is called; an entry of any other array is an `<item>` inside an element of the array's name. */
const singular = new Map([
  ['items', 'item'],
  ['errors', 'error'],
  ['results', 'result'],
]);

/**
 * The XML of a plain JSON value: members become elements, arrays repeat one, null is left out. The links of a resource become
 * `<atom:link rel href/>`, as the source document has them. Used for every representation without an XML form of its own.
 */
export function xmlOf(name: string, value: unknown): XmlElement {
  return { name, attributes: { 'xmlns:atom': 'http://www.w3.org/2005/Atom' }, children: childrenOf(value) };
}

function childrenOf(value: unknown): (XmlElement | string)[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => (present(item) ? [element('item', item)] : []));
  if (typeof value !== 'object') return [textOf(value)];
  if (value instanceof Date) return [value.toISOString()];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => memberOf(key, member));
}

function memberOf(key: string, value: unknown): XmlElement[] {
  if (!present(value)) return [];
  if (key === 'links' && typeof value === 'object' && !Array.isArray(value)) return linksOf(value ?? {});
  const itemName = singular.get(key);
  if (itemName !== undefined && Array.isArray(value)) {
    return value.filter(present).map((item: unknown) => element(itemName, item));
  }
  return [element(key, value)];
}

function linksOf(links: object): XmlElement[] {
  return Object.entries(links).flatMap(([rel, href]: [string, unknown]) =>
    typeof href === 'string' ? [{ name: 'atom:link', attributes: { rel, href } }] : [],
  );
}

/** XML 1.0 3: a key that cannot be a name (RFC 8259 4 allows any string) is told in an attribute. */
function element(key: string, value: unknown): XmlElement {
  const children = childrenOf(value);
  // A colon would make a prefix of what is before it, and that prefix is declared nowhere; xml… is reserved.
  const isName = isXmlName(key) && !key.includes(':') && !/^xml/i.test(key);
  return isName ? { name: key, children } : { name: 'entry', attributes: { key }, children };
}

function present(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '';
}
