import { describe, expect, test } from '@jest/globals';
import { parseXml, type XmlNode } from '../src/http/xml-in.js';
import { alto } from '../src/texts/alto.js';
import { hocr } from '../src/texts/hocr.js';
import { plainText } from '../src/texts/plain-text.js';
import { tsv } from '../src/texts/tsv.js';
import { aPage, aRecognition } from './support/a-recognition.js';

const hostile = `a<b&"c' ]]>`.replaceAll(' ', '');
const recognition = aRecognition(aPage(['one two', 'three'], ['four']), aPage([hostile]), aPage());

test('plain text has a line a line, an empty one between paragraphs, and a form feed between pages', () => {
  expect(plainText(recognition)).toBe(`one two\nthree\n\nfour\n\f${hostile}\n\f\n`);
});

test('TSV has a row for everything, counted from 1, and confidence for words alone', () => {
  expect(tsv(aRecognition(aPage(['one two'])))).toBe(
    [
      'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext',
      '1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t',
      '2\t1\t1\t0\t0\t0\t50\t100\t300\t400\t-1\t',
      '3\t1\t1\t1\t0\t0\t50\t100\t300\t20\t-1\t',
      '4\t1\t1\t1\t1\t0\t50\t100\t70\t20\t-1\t',
      '5\t1\t1\t1\t1\t1\t50\t100\t30\t20\t90\tone',
      '5\t1\t1\t1\t1\t2\t90\t100\t30\t20\t90\ttwo',
      '',
    ].join('\n'),
  );
});

describe('hOCR 1.2', () => {
  const document = parseXml(hocr(recognition, 'A <title>').replace('<!DOCTYPE html>', ''));
  const all = descendants(document);
  const ofClass = (name: string) => all.filter(({ attributes }) => attributes['class'] === name);

  test('tells the system and the classes that occur', () => {
    const meta = new Map(all.flatMap(({ attributes: { name, content } }) => (name ? [[name, content] as const] : [])));
    expect(meta.get('ocr-system')).toMatch(/^darkroom/);
    const told = (meta.get('ocr-capabilities') ?? '').split(' ');
    const present = new Set(all.flatMap(({ attributes }) => attributes['class'] ?? []));
    expect([...present].sort()).toEqual(told.toSorted());
  });

  test('places everything', () => {
    expect(ofClass('ocr_page').map(({ attributes }) => attributes['title'])).toEqual([
      'bbox 0 0 600 800; ppageno 0',
      'bbox 0 0 600 800; ppageno 1',
      'bbox 0 0 600 800; ppageno 2',
    ]);
    expect(ofClass('ocr_line')[0]?.attributes['title']).toBe('bbox 50 100 120 120; baseline 0 -5');
    expect(ofClass('ocrx_word')[1]).toMatchObject({
      attributes: { title: 'bbox 90 100 120 120; x_wconf 90' },
      text: 'two',
    });
    expect(ofClass('ocrx_word').at(-1)?.text).toBe(hostile);
    const ids = all.flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has no element that HTML would leave open', () => {
    expect(hocr(recognition, 'x')).not.toMatch(/<(div|p|span)[^>]*\/>/);
  });
});

/**
 * What the schema of ALTO 4.4 says of the elements that are written here (its text: github.com/altoxml/schema, v4): which
 * children an element has, in which order, which attributes it must and may have.
 */
const schema: Record<string, { children?: string; required?: string[]; optional?: string[] }> = {
  alto: { children: 'Description? Layout', optional: ['xsi:schemaLocation', 'SCHEMAVERSION'] },
  Description: { children: 'MeasurementUnit Processing*' },
  MeasurementUnit: {},
  Processing: {
    children: 'processingCategory? processingDateTime? processingStepSettings? processingSoftware?',
    required: ['ID'],
  },
  processingCategory: {},
  processingDateTime: {},
  processingStepSettings: {},
  processingSoftware: { children: 'softwareName? applicationDescription?' },
  softwareName: {},
  applicationDescription: {},
  Layout: { children: 'Page+' },
  Page: { children: 'PrintSpace?', required: ['ID', 'PHYSICAL_IMG_NR'], optional: ['WIDTH', 'HEIGHT', 'PC'] },
  PrintSpace: { children: 'TextBlock*', optional: ['HPOS', 'VPOS', 'WIDTH', 'HEIGHT'] },
  TextBlock: { children: 'TextLine*', required: ['ID'], optional: ['HPOS', 'VPOS', 'WIDTH', 'HEIGHT'] },
  TextLine: { children: '(String SP?)+', optional: ['ID', 'HPOS', 'VPOS', 'WIDTH', 'HEIGHT', 'BASELINE'] },
  String: { required: ['CONTENT'], optional: ['ID', 'HPOS', 'VPOS', 'WIDTH', 'HEIGHT', 'WC'] },
  SP: { optional: ['HPOS', 'VPOS', 'WIDTH'] },
};

describe('ALTO 4.4', () => {
  const text = alto(recognition, new Date('2026-11-25T12:00:00Z'));
  const document = parseXml(text);
  const all = descendants(document);

  test('is what its schema allows', () => {
    expect(text).toContain('<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"');
    for (const node of all) {
      const rule = schema[node.name];
      if (rule === undefined) throw new Error(`The schema has no <${node.name}> that is known here.`);
      const { children = '', required = [], optional = [] } = rule;
      const pattern = new RegExp(`^${children.replaceAll(/\w+/g, '(?:$&,)').replaceAll(' ', '')}$`);
      expect([node.name, node.children.map(({ name }) => `${name},`).join('')]).toEqual([
        node.name,
        expect.stringMatching(pattern),
      ]);
      const names = Object.keys(node.attributes);
      expect(names).toEqual(expect.arrayContaining(required));
      expect([...required, ...optional]).toEqual(expect.arrayContaining(names));
    }
  });

  test('has values of the types that its schema has', () => {
    for (const { attributes } of all) {
      for (const name of ['HPOS', 'VPOS', 'WIDTH', 'HEIGHT', 'PHYSICAL_IMG_NR', 'WC', 'PC']) {
        expect(attributes[name] ?? '0').toMatch(/^\d+(\.\d+)?$/);
      }
      for (const name of ['WC', 'PC']) expect(Number(attributes[name] ?? 0)).toBeLessThanOrEqual(1);
      expect(attributes['ID'] ?? 'id').toMatch(/^[A-Za-z_][\w.-]*$/);
    }
    const ids = all.flatMap(({ attributes }) => attributes['ID'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all.find(({ name }) => name === 'MeasurementUnit')?.text).toBe('pixel');
    expect(all.find(({ name }) => name === 'processingCategory')?.text).toBe('contentGeneration');
  });

  test('has every word, its space and its line', () => {
    const strings = all.filter(({ name }) => name === 'String');
    expect(strings.map(({ attributes }) => attributes['CONTENT'])).toEqual(['one', 'two', 'three', 'four', hostile]);
    expect(strings[0]?.attributes).toMatchObject({ HPOS: '50', VPOS: '100', WIDTH: '30', HEIGHT: '20', WC: '0.9' });
    expect(all.find(({ name }) => name === 'SP')?.attributes).toEqual({ HPOS: '80', VPOS: '100', WIDTH: '10' });
    expect(all.find(({ name }) => name === 'TextLine')?.attributes['BASELINE']).toBe('50,115 120,115');
    expect(all.filter(({ name }) => name === 'Page')).toHaveLength(3);
  });
});

function descendants(node: XmlNode): XmlNode[] {
  return [node, ...node.children.flatMap(descendants)];
}
