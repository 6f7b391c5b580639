import { check, explained } from '../check.js';

const source = 'API8, RFC 8259';
const note = 'POST /images/{image}/notes';
const nested = (depth: number): string => `{"text":${'['.repeat(depth)}${']'.repeat(depth)}}`;

/** Each as a note, which takes `text` and `author`. */
const bodies: readonly [id: string, title: string, shown: string, body: string | Buffer, expected: string][] = [
  ['empty', 'nothing where JSON is announced', '(0 bytes)', '', '400 malformed-body'],
  ['cut', 'JSON that ends too early', '{"text":"a', '{"text":"a', '400 malformed-body'],
  ['comma', 'a comma too many', '{"text":"a",}', '{"text":"a",}', '400 malformed-body'],
  ['comment', 'a comment', '{/**/"text":"a"}', '{/**/"text":"a"}', '400 malformed-body'],
  ['quotes', 'other quotes', "{'text':'a'}", "{'text':'a'}", '400 malformed-body'],
  ['behind', 'something behind the JSON', '{"text":"a"}x', '{"text":"a"}x', '400 malformed-body'],
  ['nan', 'a number that JSON has not', '{"text":NaN}', '{"text":NaN}', '400 malformed-body'],
  ['overflow', 'a number beyond all numbers', '{"text":1e400}', '{"text":1e400}', '422 invalid-member'],
  ['zero', 'a number with a zero before it', '{"text":01}', '{"text":01}', '400 malformed-body'],
  [
    'twice',
    'a member twice: parsers differ in which one counts',
    '{"text":"a","text":"b"}',
    '{"text":"a","text":"b"}',
    '400 malformed-body',
  ],
  [
    'escaped-twice',
    'a member twice, once in escapes',
    String.raw`{"text":"a","\u0074ext":"b"}`,
    String.raw`{"text":"a","\u0074ext":"b"}`,
    '400 malformed-body',
  ],
  [
    'utf-8',
    'bytes that are no UTF-8',
    '{"text":"<C0 AF>"}',
    Buffer.from('7b2274657874223a22c0af227d', 'hex'),
    '400 malformed-body',
  ],
  ['utf-16', 'UTF-16', '{"text":"a"} in UTF-16', Buffer.from('{"text":"a"}', 'utf16le'), '400 malformed-body'],
  [
    'surrogate',
    'half a surrogate pair',
    String.raw`{"text":"\ud800"}`,
    String.raw`{"text":"\ud800"}`,
    '400 malformed-body',
  ],
  [
    'nul',
    'a NUL, which PostgreSQL has no text for',
    String.raw`{"text":"\u0000"}`,
    String.raw`{"text":"\u0000"}`,
    '422 invalid-member',
  ],
  [
    'control',
    'control characters',
    String.raw`{"text":"\u001b[2J"}`,
    String.raw`{"text":"\u001b[2J"}`,
    '422 invalid-member',
  ],
  ['deep', 'arrays in arrays, 10,000 deep', '{"text":[[[…', nested(10_000), '400 malformed-body'],
  [
    'deep-objects',
    'objects in objects, 100,000 deep',
    '{"a":{"a":{"a":…',
    '{"a":'.repeat(100_000),
    '400 malformed-body',
  ],
  [
    'members',
    '70,000 members',
    '{"m0":1,"m1":1,…',
    `{${Array.from({ length: 70_000 }, (_, at) => `"m${at}":1`).join(',')}}`,
    '400 malformed-body',
  ],
  ['long', 'more than a megabyte', '{"text":"xxx…', `{"text":"${'x'.repeat(1_100_000)}"}`, '413 body-too-large'],
  ['array', 'an array for an object', '["text"]', '["text"]', '422 invalid-member at the root'],
  ['null', 'null for an object', 'null', 'null', '422 invalid-member at the root'],
  ['type', 'an object for a text', '{"text":{"$ne":null}}', '{"text":{"$ne":null}}', '422 invalid-member at /text'],
  ['list', 'a list for a text', '{"text":["a","b"]}', '{"text":["a","b"]}', '422 invalid-member at /text'],
  [
    'proto',
    '__proto__',
    '{"text":"a","__proto__":{"polluted":1}}',
    '{"text":"a","__proto__":{"polluted":1}}',
    '400 unknown-member',
  ],
  [
    'inherited',
    'what every object has',
    '{"text":"a","toString":1,"valueOf":2}',
    '{"text":"a","toString":1,"valueOf":2}',
    '400 unknown-member at /toString',
  ],
  [
    'constructor',
    'constructor.prototype',
    '{"text":"a","constructor":{"prototype":{"polluted":1}}}',
    '{"text":"a","constructor":{"prototype":{"polluted":1}}}',
    '400 unknown-member',
  ],
];

export const jsonChecks = [
  ...bodies.map(([id, title, shown, body, expected]) =>
    check({ id: `json-${id}`, source, title, request: `${note} ${shown}`, expected }, async (scene) => {
      const reply = await scene.post('/images/{image}/notes', body);
      const polluted = 'polluted' in {} ? ', and all objects are polluted' : '';
      return explained(reply) + polluted;
    }),
  ),
  check(
    {
      id: 'json-charset',
      source,
      title: 'a charset is named: JSON has none but UTF-8, and the parameter means nothing (RFC 8259 11)',
      request: `${note} Content-Type: application/json; charset=utf-16`,
      expected: '200',
    },
    async (scene) =>
      explained(
        await scene.post('/images/{image}/notes', '{"text":"a"}', {
          'Content-Type': 'application/json; charset=utf-16',
        }),
      ),
  ),
  ...['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip'].map((coding) =>
    check(
      {
        id: `coding-${coding.replaceAll(/\W+/g, '-')}`,
        source: 'API4',
        title: 'a compressed body, which could be a bomb',
        request: `${note} Content-Encoding: ${coding}`,
        expected: '415 unsupported-media-type',
      },
      async (scene) =>
        explained(await scene.post('/images/{image}/notes', Buffer.alloc(1_000), { 'Content-Encoding': coding })),
    ),
  ),
];
