import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type Problem } from '../problems.js';
import { malformed } from './malformed.js';
import { checkedXml, decodeReferences } from './xml-syntax.js';

/** An element. Names come from the client: `attributes` has no prototype, and no name is a property anywhere else. */
export interface XmlNode {
  /** The local name: without its namespace prefix. */
  name: string;
  /** Without namespace declarations. A prefixed attribute is another one (Namespaces in XML 6.2) and keeps its prefix. */
  attributes: Record<string, string>;
  /** The child elements, in their order. */
  children: XmlNode[];
  /** All text directly inside, white space included; comments left out, CDATA taken as it is. */
  text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  cdataPropName: '#cdata',
  trimValues: false,
  parseTagValue: false,
  // Decoded here, after the parsing: the library's decoder needed 276 MB for 5 MB of `&#65;`.
  processEntities: false,
  jPath: false,
  // No name of an element is that of a property then (the library would refuse `constructor`), nor #text. Called twice for `<a/>`.
  transformTagName: (name) => (name.startsWith('@') ? name : `@${name}`),
});

/**
 * Parses a document (XML 1.0, UTF-8) into its root element. Whoever calls limits the size of `text`; depth is limited here.
 * A DOCTYPE and processing instructions are refused (as SOAP 1.2 5 does): there is nothing to be declared in a request.
 */
export function parseXml(text: string): XmlNode {
  const document = checkedXml(text);
  const valid = XMLValidator.validate(document);
  if (valid !== true) throw faultAt(valid.err.msg, valid.err.line, valid.err.col);
  const [root] = elementsOf(parsed(document));
  if (root === undefined) throw malformed('The XML has no root element.');
  return root;
}

function faultAt(message: string, line: number, column: number): Problem {
  return malformed(`The XML breaks at line ${line}, column ${column}: ${message.slice(0, 200)}`);
}

function parsed(document: string): unknown {
  try {
    return parser.parse(document);
  } catch (cause) {
    throw malformed('The XML cannot be parsed.', cause);
  }
}

function elementsOf(nodes: unknown): XmlNode[] {
  return entriesOf(nodes).flatMap(({ name, attributes, content }) =>
    name === '#text' || name === '#cdata'
      ? []
      : [
          {
            name: name.slice(Math.max(1, name.lastIndexOf(':') + 1)),
            attributes: attributesOf(attributes),
            children: elementsOf(content),
            text: textOf(content),
          },
        ],
  );
}

function textOf(nodes: unknown): string {
  return entriesOf(nodes)
    .map(({ name, content }) => {
      if (name === '#text') return decodeReferences(String(content));
      if (name === '#cdata')
        return entriesOf(content)
          .map((inner) => String(inner.content))
          .join('');
      return '';
    })
    .join('');
}

function attributesOf(attributes: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  Object.setPrototypeOf(result, null);
  for (const [key, value] of membersOf(attributes)) {
    const name = key.slice(1);
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    // XML 1.0 3.3.3: a literal white space character in a value is a space; a referenced one is itself.
    result[name] = decodeReferences(String(value).replace(/[\t\n\r]/g, ' '));
  }
  return result;
}

/** The library's ordered form: an array of `{[name]: content, ':@': attributes}`. */
function entriesOf(nodes: unknown): { name: string; attributes: unknown; content: unknown }[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.map((node: unknown) => {
    const members = new Map(membersOf(node));
    const attributes = members.get(':@');
    members.delete(':@');
    const [[name, content] = ['', undefined]] = members;
    return { name, attributes, content };
  });
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
