import { type XmlElement, renderXml } from '../http/xml-out.js';
import { type Box, type Line, type Page, type Recognition } from '../processing/ocr/recognition.js';

const namespace = 'http://www.loc.gov/standards/alto/ns-v4#';

/** ALTO 4.4: measures in pixels of the page as it lies upright. */
export function alto(recognition: Recognition, time: Date): string {
  return renderXml({
    name: 'alto',
    attributes: {
      xmlns: namespace,
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:schemaLocation': `${namespace} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd`,
      SCHEMAVERSION: '4.4',
    },
    children: [description(recognition, time), { name: 'Layout', children: recognition.pages.map(pageElement) }],
  });
}

function description({ languages }: Recognition, time: Date): XmlElement {
  const text = (name: string, content: string): XmlElement => ({ name, children: [content] });
  const software: XmlElement = {
    name: 'processingSoftware',
    children: [text('softwareName', 'Darkroom'), text('applicationDescription', 'Tesseract 5, as WebAssembly')],
  };
  const processing: XmlElement = {
    name: 'Processing',
    attributes: { ID: 'ocr' },
    children: [
      text('processingCategory', 'contentGeneration'),
      text('processingDateTime', time.toISOString()),
      text('processingStepSettings', `languages ${languages.join('+')}`),
      software,
    ],
  };
  return { name: 'Description', children: [text('MeasurementUnit', 'pixel'), processing] };
}

function pageElement(page: Page, index: number): XmlElement {
  const { width, height } = page;
  const id = `page_${index + 1}`;
  const blocks = page.blocks.flatMap(({ paragraphs }, b) =>
    paragraphs.map((paragraph, p) => ({
      name: 'TextBlock',
      attributes: { ID: `block_${index + 1}_${b + 1}_${p + 1}`, ...position(paragraph.box) },
      children: paragraph.lines.map((line, l) => lineElement(line, `${index + 1}_${b + 1}_${p + 1}_${l + 1}`)),
    })),
  );
  return {
    name: 'Page',
    attributes: { ID: id, WIDTH: width, HEIGHT: height, PHYSICAL_IMG_NR: index + 1, PC: page.confidence / 100 },
    children: [{ name: 'PrintSpace', attributes: position({ x: 0, y: 0, width, height }), children: blocks }],
  };
}

/** A String each word, and between two of them an SP. */
function lineElement({ box, baseline: { x0, y0, x1, y1 }, words }: Line, at: string): XmlElement {
  const children = words.flatMap(({ text, confidence, box: place }, index): XmlElement[] => {
    const previous = words[index - 1]?.box;
    const string = {
      name: 'String',
      attributes: { ID: `string_${at}_${index + 1}`, CONTENT: text, ...position(place), WC: confidence / 100 },
    };
    return previous === undefined ? [string] : [spaceBetween(previous, place), string];
  });
  return {
    name: 'TextLine',
    attributes: { ID: `line_${at}`, ...position(box), BASELINE: `${x0},${y0} ${x1},${y1}` },
    children,
  };
}

function spaceBetween(left: Box, right: Box): XmlElement {
  const end = left.x + left.width;
  return { name: 'SP', attributes: { HPOS: end, VPOS: left.y, WIDTH: Math.max(0, right.x - end) } };
}

function position({ x, y, width, height }: Box) {
  return { HPOS: x, VPOS: y, WIDTH: width, HEIGHT: height };
}
