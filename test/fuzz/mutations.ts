import fc from 'fast-check';
import { compoundTexts, compoundTypes, formTexts } from './compound-texts.js';
import { fieldValues } from './field-values.js';
import { jsonNames, jsonTexts, jsonValues } from './json-texts.js';
import { type Message, withField } from './message.js';
import { ids, parameterNames, parameterValues, queries, suffixes } from './targets.js';
import { xmlTexts } from './xml-texts.js';

/** One thing that is made wrong, or at least odd. Positions (`at`) are taken modulo what there is. */
export type Mutation =
  | { what: 'method'; method: string }
  | { what: 'id'; id: string }
  | { what: 'suffix'; suffix: string }
  | { what: 'query'; query: string }
  | { what: 'field'; name: string; value: string }
  | { what: 'body'; type: string; bytes: Buffer }
  | { what: 'value'; at: number; value: string }
  | { what: 'name'; at: number; name: string; value: string }
  | { what: 'attribute'; at: number; value: string }
  | { what: 'bytes'; at: number; remove: number; insert: string };

const methods = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'OPTIONS'],
  ...['TRACE', 'PROPFIND', 'PURGE', 'LOCK', 'M-SEARCH', 'LINK'],
];

const pool = (type: fc.Arbitrary<string>, bodies: readonly (Buffer | string)[]) =>
  fc.record({
    what: fc.constant('body' as const),
    type,
    bytes: fc.constantFrom(...bodies.map((each) => Buffer.from(each))),
  });

const fields = fc.constantFrom(...Object.keys(fieldValues)).chain((name) =>
  fc.record({
    what: fc.constant('field' as const),
    name: fc.constant(name),
    value: fc.constantFrom(...(fieldValues[name] ?? [])),
  }),
);

const parameters = fc.tuple(fc.constantFrom(...parameterNames), fc.constantFrom(...parameterValues));
const query = fc.oneof(
  fc.constantFrom(...queries),
  fc.array(parameters, { minLength: 1, maxLength: 3 }).map((given) => given.map((pair) => pair.join('=')).join('&')),
);
const at = fc.nat({ max: 9_999 });
const values = fc.oneof(fc.constantFrom(...jsonValues), fc.json({ maxDepth: 3 }));
const names = fc.oneof(fc.constantFrom(...jsonNames), fc.string({ unit: 'binary', maxLength: 20 }));
const hex = fc.oneof(
  fc.constantFrom('', '00', 'ff', '0d0a', '0a', '22', '7b', '3c', '2d2d78797a', 'c0af', 'eda080', '7fffffff'),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
);
const jsonTypes = fc.constantFrom(
  'application/json',
  'application/merge-patch+json',
  'application/json; charset=utf-8',
);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ what: fc.constant('method' as const), method: fc.constantFrom(...methods) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('id' as const), id: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('suffix' as const), suffix: fc.constantFrom(...suffixes) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('query' as const), query }) },
  { weight: 6, arbitrary: fields },
  { weight: 2, arbitrary: pool(jsonTypes, jsonTexts) },
  { weight: 2, arbitrary: pool(fc.constantFrom('application/xml', 'text/xml'), xmlTexts) },
  { weight: 2, arbitrary: pool(fc.constantFrom(...compoundTypes), compoundTexts) },
  { weight: 1, arbitrary: pool(fc.constant('application/x-www-form-urlencoded'), formTexts) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('value' as const), at, value: values }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('name' as const), at, name: names, value: values }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('attribute' as const), at, value: values }) },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('bytes' as const), at, remove: fc.nat({ max: 40 }), insert: hex }),
  },
);

export function mutated(message: Message, change: Mutation): Message {
  const { target, body } = message;
  switch (change.what) {
    case 'method':
      return { ...message, method: change.method };
    case 'id':
      return { ...message, target: target.replace(/[^/]+(?=(?:\/[a-z]+)?$)/, () => latin(change.id)) };
    case 'suffix':
      return { ...message, target: target + latin(change.suffix) };
    case 'query':
      return { ...message, target: `${target}?${latin(change.query)}` };
    case 'field':
      return withField(message, change.name, change.value);
    case 'body':
      return { ...withField(message, 'Content-Type', change.type), body: change.bytes };
    case 'value':
      return {
        ...message,
        body: replaced(
          body,
          /(?<=[:[,]\s*)("(?:[^"\\]|\\.)*"|[\d.eE+-]+|true|false|null|\{\}|\[\])(?=\s*[,}\]])/g,
          change.at,
          () => change.value,
        ),
      };
    case 'name':
      return {
        ...message,
        body: replaced(
          body,
          /(?<=\{|,)"(?:[^"\\]|\\.)*":/g,
          change.at,
          (old) => `${JSON.stringify(change.name)}:${change.value},${old}`,
        ),
      };
    case 'attribute':
      return {
        ...message,
        body: replaced(body, /(?<==")[^"]*(?=")|(?<==)[^&"]*(?=&|$)|(?<=>)[^<]+(?=<)/g, change.at, () => change.value),
      };
    case 'bytes': {
      // Of compound bodies most of all the beginning, where the structure is.
      const from = body.length === 0 ? 0 : change.at % body.length;
      const insert = Buffer.from(change.insert, 'hex');
      return { ...message, body: Buffer.concat([body.subarray(0, from), insert, body.subarray(from + change.remove)]) };
    }
    default:
      return change satisfies never;
  }
}

/** Only what is text: the pattern would walk through pixels for nothing. */
function replaced(body: Buffer, pattern: RegExp, at: number, replacement: (old: string) => string): Buffer {
  const text = body.toString('latin1');
  const found = [...text.slice(0, 4_000).matchAll(pattern)];
  const match = found[at % Math.max(1, found.length)];
  if (match === undefined) return body;
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return Buffer.from(before + latin(replacement(match[0])) + after, 'latin1');
}

/** The bytes of UTF-8, each as a character: what is written is latin1. */
function latin(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Spaces and control characters would end the request line: framing.test.ts tries those. */
export function isWhole({ target, headers }: Message): boolean {
  return !/[\s\u0000-\u001f\u007f]/.test(target) && headers.every(([, value]) => !/[\r\n\u0000]/.test(value));
}
