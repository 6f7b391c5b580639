import { type Problem } from '../problems.js';
import {
  attribute,
  closeTag,
  decodeReferences,
  faultAt,
  isBlank,
  matchAt,
  openTag,
  plainDocument,
  tagEnd,
} from './xml-syntax.js';

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

/** As deep as JSON may be. */
const depthMax = 32;

/** Of one element, as many as a JSON object may have members. */
const attributesMax = 200;

/** Elements of a whole document, and their attributes: more than 1,000 tasks with ten operations each, or 10,000 ids, have. */
const valuesMax = 50_000;

/**
 * Parses a document (XML 1.0, UTF-8) into its root element. Whoever calls limits the size of `text`.
 * A DOCTYPE and processing instructions are refused (as SOAP 1.2 5 does): there is nothing to be declared in a request.
 *
 * Not over fast-xml-parser: a megabyte of small elements took it a second and a half of the event loop, of `&#65;` 276 MB.
 * test/http/xml.test.ts holds what is taken here against what that finds well-formed.
 */
export function parseXml(text: string): XmlNode {
  return new Parser(plainDocument(text)).root();
}

type OpenElement = XmlNode & { readonly tag: string };

class Parser {
  private at = 0;
  private values = 0;
  private readonly open: OpenElement[] = [];
  private found: XmlNode | undefined;

  constructor(private readonly document: string) {}

  root(): XmlNode {
    const { document } = this;
    while (this.at < document.length) {
      const next = document.indexOf('<', this.at);
      this.takeText(next < 0 ? document.length : next);
      if (next >= 0) this.takeMarkup();
    }
    if (this.open.length > 0) throw this.fault(`<${this.open.at(-1)?.tag}> is not closed.`);
    if (this.found === undefined) throw this.fault('there is no root element.');
    return this.found;
  }

  private takeText(end: number): void {
    if (end === this.at) return;
    const text = this.document.slice(this.at, end);
    const element = this.open.at(-1);
    if (element === undefined) {
      if (!isBlank(text)) throw this.fault('there is text outside of the root element.');
    } else {
      const at = text.indexOf(']]>');
      if (at >= 0) throw this.fault('`]]>` ends no CDATA section here.', this.at + at);
      element.text += this.decoded(text, this.at);
    }
    this.at = end;
  }

  private takeMarkup(): void {
    const { document, at } = this;
    if (document.startsWith('<!--', at)) this.takeComment();
    else if (document.startsWith('<![CDATA[', at)) this.takeCdata();
    else if (document.startsWith('</', at)) this.takeClose();
    else if (document.startsWith('<!DOCTYPE', at)) throw this.fault('a DOCTYPE is not taken.');
    else if (document.startsWith('<?', at)) {
      throw this.fault('there is a processing instruction or a broken XML declaration; neither is taken.');
    } else this.takeOpen();
  }

  /** XML 1.0 2.5: `--` is at its end alone. */
  private takeComment(): void {
    const end = this.document.indexOf('--', this.at + 4);
    if (end < 0 || this.document[end + 2] !== '>') throw this.fault('this is no comment.');
    this.at = end + 3;
  }

  private takeCdata(): void {
    const element = this.open.at(-1);
    const [begin, end] = [this.at + '<![CDATA['.length, this.document.indexOf(']]>', this.at)];
    if (element === undefined) throw this.fault('there is text outside of the root element.');
    if (end < 0) throw this.fault('this CDATA section has no end.');
    element.text += this.document.slice(begin, end);
    this.at = end + 3;
  }

  private takeClose(): void {
    const [tag, name] = matchAt(closeTag, this.document, this.at) ?? [];
    if (tag === undefined) throw this.fault('this is no tag.');
    const element = this.open.pop();
    if (element?.tag !== name) throw this.fault(`this closes ${element ? `<${element.tag}>` : 'no element'}.`);
    this.at += tag.length;
  }

  private takeOpen(): void {
    const begin = this.at;
    const [opening, tag] = matchAt(openTag, this.document, begin) ?? [];
    if (opening === undefined || tag === undefined)
      throw this.fault('this is no tag, no comment and no CDATA section.');
    this.count();
    this.at += opening.length;
    const attributes = this.attributes(begin);
    const [ending, empty] = matchAt(tagEnd, this.document, this.at) ?? [];
    if (ending === undefined) throw this.fault('this tag is broken.', begin);
    const element = { tag, name: tag.slice(tag.lastIndexOf(':') + 1), attributes, children: [], text: '' };
    this.place(element, begin);
    this.at += ending.length;
    if (empty === '') this.open.push(element);
  }

  private place(element: OpenElement, begin: number): void {
    if (this.open.length === depthMax) throw this.fault(`elements are nested more than ${depthMax} deep.`, begin);
    const parent = this.open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (this.found !== undefined) throw this.fault('there is a second root element.', begin);
    else this.found = element;
  }

  private attributes(begin: number): Record<string, string> {
    const result: Record<string, string> = {};
    Object.setPrototypeOf(result, null);
    const names = new Set<string>();
    for (let match; (match = matchAt(attribute, this.document, this.at)) !== null; this.at += match[0].length) {
      const [whole, name = '', double, single] = match;
      const value = double ?? single ?? '';
      if (names.has(name)) throw this.fault(`the attribute ${name} is there twice.`);
      if (names.add(name).size > attributesMax) {
        throw this.fault(`an element has more than ${attributesMax} attributes.`, begin);
      }
      this.count();
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      // XML 1.0 3.3.3: a literal white space character in a value is a space; a referenced one is itself.
      result[name] = this.decoded(value.replace(/[\t\n]/g, ' '), this.at + whole.length - 1 - value.length);
    }
    return result;
  }

  private decoded(text: string, from: number): string {
    return decodeReferences(text, (at) => {
      throw this.fault('this is no character of XML; only lt, gt, amp, quot and apos are entities here.', from + at);
    });
  }

  private count(): void {
    if (++this.values > valuesMax) throw this.fault(`there are more than ${valuesMax} elements and attributes.`);
  }

  private fault(message: string, at = this.at): Problem {
    return faultAt(this.document, at, message);
  }
}
