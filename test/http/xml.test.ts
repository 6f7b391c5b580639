import { describe, expect, test } from '@jest/globals';
import { XMLValidator } from 'fast-xml-parser';
import fc from 'fast-check';
import { parseXml, type XmlNode } from '../../src/http/xml-in.js';
import { renderXml, type XmlElement, xmlOf } from '../../src/http/xml-out.js';

const refusal = (text: string): string => {
  try {
    parseXml(text);
  } catch (error) {
    expect(error).toMatchObject({ slug: 'malformed-body' });
    return (error as Error).message;
  }
  throw new Error(`taken: ${text}`);
};

describe('parseXml', () => {
  test('keeps the order of the children, drops prefixes, decodes', () => {
    const task = parseXml(
      '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- a task --><t:task xmlns:t="urn:t" xmlns="urn:d" xml:lang="de">\n' +
        '<resize width="10"  label=\'a &lt; "b" &#x41;&#66;&amp;amp;\'/><crop/><t:resize\twidth\n=\n"007"></t:resize>' +
        '<n> 1 &#x1F600;<!-- x -->&gt;<![CDATA[<&amp;>]]> </n></t:task >\n',
    );
    expect(task.name).toBe('task');
    expect({ ...task.attributes }).toEqual({ 'xml:lang': 'de' });
    expect(task.children.map(({ name, attributes, text }) => [name, { ...attributes }, text])).toEqual([
      ['resize', { width: '10', label: 'a < "b" AB&amp;' }, ''],
      ['crop', {}, ''],
      ['resize', { width: '007' }, ''],
      ['n', {}, ' 1 😀><&amp;> '],
    ]);
  });

  test('no name is dangerous', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineGetter__']) {
      const node = parseXml(`<a><${name} ${name}="1"><${name}/></${name}></a>`);
      expect(node.children[0]?.name).toBe(name);
      expect(Object.entries(node.children[0]?.attributes ?? {})).toEqual([[name, '1']]);
      expect(node.children[0]?.children[0]?.name).toBe(name);
    }
    expect(parseXml('<a/>').attributes['constructor']).toBeUndefined();
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('says where it breaks', () => {
    expect(refusal('<a>\n <b></c></a>')).toContain('line 2, column 5');
    expect(refusal('<?xml version="1.0"?>\n<a>&nbsp;</a>')).toContain('line 2, column 4');
  });

  test.each([
    '',
    'text',
    '<a',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a></a><b></b>',
    '<a/>text',
    'text<a/>',
    '<a/>&#32;',
    '<a/><![CDATA[]]>',
    '<a/></a>',
    '<a b></a>',
    '<a b=1></a>',
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '<a b="1"c="2"/>',
    '<1/>',
    '< a/>',
    '<a>&</a>',
    '<a>&unknown;</a>',
    '<a b="&unknown;"/>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a>&#xFFFFFFFFFF;</a>',
    '<a>\0</a>',
    '<a>\uD800</a>',
    '<a>]]></a>',
    '<a><!-- -- --></a>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<a><![x[ ]]></a>',
    '<a><!b></a>',
    '<a><?php x ?></a>',
    ' <?xml version="1.0"?><a/>',
    '<?xml version="1.0" encoding="latin1"?><a/>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><!DOCTYPE a></a>',
  ])('refuses %j', (text) => {
    refusal(text);
  });

  test('a DOCTYPE in a comment or in CDATA is none', () => {
    expect(parseXml('<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>').text).toBe('<!DOCTYPE a>');
  });

  test('depth is limited', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(parseXml(nested(32)).name).toBe('a');
    expect(refusal(nested(33))).toContain('deep');
    expect(refusal(nested(100_000))).toContain('deep');
    expect(refusal(`${'<a>'.repeat(32)}<b/>${'</a>'.repeat(32)}`)).toContain('deep');
  });

  test.each([
    ['comments', '<!--'],
    ['instructions', '<?'],
    ['tags', '<a '],
    ['open quotes', '<a b="'],
    ['ampersands', '&#1'],
    ['blanks', `<a${' '.repeat(300_000)}`],
    ['blanks around', ' '.repeat(300_000)],
    ['attributes', `<a ${'b="c" '.repeat(60_000)}`],
    ['CDATA', '<a><![CDATA[]'],
    ['references', `<a>${'&#65;'.repeat(60_000)}`],
  ])('hostile %s are refused in no time', (_, piece) => {
    const started = performance.now();
    refusal(piece.repeat(Math.max(1, Math.floor(300_000 / piece.length))));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('any text is a tree or a malformed-body', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '?',
      '-',
      '[',
      ']',
      '&',
      ';',
      '"',
      "'",
      '=',
      ' ',
      '\n',
      'a',
      'b',
      ':',
      '#',
      '1',
      '<a>',
      '</a>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '&lt;',
      'xmlns',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), fc.boolean(), (text, wrapped) => {
        try {
          expect(parseXml(wrapped ? `<a>${text}</a>` : text).name).toEqual(expect.any(String));
        } catch (error) {
          expect(error).toMatchObject({ slug: 'malformed-body' });
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/).filter((n) => n !== 'xmlns');
const legal = fc
  .string({ unit: 'binary' })
  .filter((s) => s.isWellFormed() && !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(s));
const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc.dictionary(name, legal, { maxKeys: 3 }),
    children: fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, legal, tie('element')), {
      maxLength: 4,
    }),
  }),
}));

const asNode = ({ name, attributes = {}, children = [] }: XmlElement): unknown => ({
  name,
  attributes: { ...attributes },
  children: children.flatMap((child) => (typeof child === 'string' ? [] : [asNode(child)])),
  text: children.filter((child) => typeof child === 'string').join(''),
});
const plain = ({ name, attributes, children, text }: XmlNode): unknown => ({
  name,
  attributes: { ...attributes },
  children: children.map(plain),
  text,
});

describe('renderXml', () => {
  test('what is rendered is parsed back', () => {
    fc.assert(
      fc.property(element, (root) => expect(plain(parseXml(renderXml(root)))).toEqual(asNode(root))),
      { numRuns: 500 },
    );
  });

  test('what XML cannot carry is replaced, what is undefined left out, names are checked', () => {
    expect(
      renderXml({ name: 'a', attributes: { b: '"\n\0', c: undefined, d: 1, e: false }, children: ['<\uD800\r\n]]>'] }),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a b="&quot;&#10;\uFFFD" d="1" e="false">&lt;\uFFFD&#13;\n]]&gt;</a>\n',
    );
    expect(() => renderXml({ name: 'a b' })).toThrow(TypeError);
    expect(() => renderXml({ name: 'a', attributes: { 'b="': 1 } })).toThrow(TypeError);
  });
});

describe('xmlOf', () => {
  test('maps members, lists and links', () => {
    const value = {
      id: 7,
      ok: true,
      gone: null,
      'not a name': 'x',
      xmlId: 1,
      items: [{ n: 1 }, { n: 2 }],
      labels: ['a', null, 'b'],
      nested: { errors: [{ detail: '<' }] },
      links: { self: 'http://h/?a&b', next: undefined },
    };
    expect(renderXml(xmlOf('images', value)).split('\n')[1]).toBe(
      '<images xmlns:atom="http://www.w3.org/2005/Atom"><id>7</id><ok>true</ok><entry key="not a name">x</entry><entry key="xmlId">1</entry>' +
        '<item><n>1</n></item><item><n>2</n></item><labels><item>a</item><item>b</item></labels>' +
        '<nested><error><detail>&lt;</detail></error></nested><atom:link rel="self" href="http://h/?a&amp;b"/></images>',
    );
  });

  test('any JSON value becomes well-formed XML', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }), (value) => {
        const xml = renderXml(xmlOf('root', value));
        expect(XMLValidator.validate(xml)).toBe(true);
        expect(parseXml(xml).name).toBe('root');
      }),
      { numRuns: 1000 },
    );
  });
});

test('an element with more attributes than any request needs is refused at once', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => `a${index}="1"`).join(' ');
  expect(() => parseXml(`<task ${many}/>`)).toThrow('more than 200 attributes');
});
