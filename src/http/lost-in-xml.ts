import { type MemberFault } from './validate.js';
import { type XmlNode } from './xml-in.js';

// What an object made of XML has no place for: it is refused by name, as JSON's unknown members are, and never dropped silently.

export function lost(pointer: string, detail: string): MemberFault {
  return { kind: 'unknown-member', pointer, detail };
}

/** @param at where the element is, as a JSON Pointer into what is made of it; the root is '' */
export function attributesIn(attributes: XmlNode['attributes'], at: string): MemberFault[] {
  return Object.keys(attributes).map((name) => lost(`${at}/${name}`, 'there is no such attribute here'));
}

export function childrenIn({ children }: Pick<XmlNode, 'children'>, at: string): MemberFault[] {
  return children.map(({ name }) => lost(`${at}/${name}`, `there is no element <${name}> here`));
}

/** White space between elements is no text. */
export function textIn({ name, text }: XmlNode, at: string): MemberFault[] {
  return text.trim() === '' ? [] : [lost(at, `<${name}> has no text`)];
}
