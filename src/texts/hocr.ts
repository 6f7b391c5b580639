import { type XmlElement, renderXml } from '../http/xml-out.js';
import { type Box, type Line, type Page, type Paragraph, type Recognition } from '../processing/ocr/recognition.js';

/** Classes that occur, as hOCR 1.2 wants them told. */
const capabilities = 'ocr_page ocr_carea ocr_par ocr_line ocrx_word';

/** hOCR 1.2: a page of HTML, well-formed as XML, whose titles tell where everything stood. */
export function hocr(recognition: Recognition, title: string): string {
  const meta = (name: string, content: string): XmlElement => ({ name: 'meta', attributes: { name, content } });
  const head: XmlElement = {
    name: 'head',
    children: [
      { name: 'meta', attributes: { charset: 'utf-8' } },
      { name: 'title', children: [title] },
      meta('ocr-system', 'darkroom'),
      meta('ocr-capabilities', capabilities),
      meta('ocr-number-of-pages', String(recognition.pages.length)),
      meta('ocr-langs', recognition.languages.join(' ')),
    ],
  };
  const body: XmlElement = { name: 'body', children: recognition.pages.map(pageElement) };
  const html = { name: 'html', attributes: { xmlns: 'http://www.w3.org/1999/xhtml' }, children: [head, body] };
  // A browser takes an XML declaration for a comment, and goes into quirks mode.
  return renderXml(html).replace(/^<\?xml[^>]*\?>/, '<!DOCTYPE html>');
}

function pageElement({ width, height, blocks }: Page, index: number): XmlElement {
  const at = String(index + 1);
  const title = `${bbox({ x: 0, y: 0, width, height })}; ppageno ${index}`;
  return element('div', 'ocr_page', `page_${at}`, title, [
    ...blocks.map((block, b) =>
      element('div', 'ocr_carea', `block_${at}_${b + 1}`, bbox(block.box), [
        ...block.paragraphs.map((paragraph, p) => paragraphElement(paragraph, `${at}_${b + 1}_${p + 1}`)),
      ]),
    ),
  ]);
}

function paragraphElement({ box, lines }: Paragraph, at: string): XmlElement {
  return element('p', 'ocr_par', `par_${at}`, bbox(box), [
    ...lines.map((line, index) => lineElement(line, `${at}_${index + 1}`)),
  ]);
}

function lineElement(line: Line, at: string): XmlElement {
  const words = line.words.map(({ text, confidence, box }, index) =>
    element('span', 'ocrx_word', `word_${at}_${index + 1}`, `${bbox(box)}; x_wconf ${confidence}`, [text]),
  );
  // A space between the words is what a browser shows, and what a reader copies.
  const spaced = words.flatMap((word, index) => (index === 0 ? [word] : [' ', word]));
  return element('span', 'ocr_line', `line_${at}`, `${bbox(line.box)}; baseline ${baseline(line)}`, [...spaced, '\n']);
}

/** A straight line relative to the lower left corner of the box: slope and height above it (hOCR 1.2, property baseline). */
function baseline({ box, baseline: { x0, y0, x1, y1 } }: Line): string {
  const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
  const offset = y0 + slope * (box.x - x0) - (box.y + box.height);
  return `${Number(slope.toFixed(4))} ${Math.round(offset)}`;
}

function bbox({ x, y, width, height }: Box): string {
  return `bbox ${x} ${y} ${x + width} ${y + height}`;
}

function element(name: string, kind: string, id: string, title: string, children: (XmlElement | string)[]): XmlElement {
  // HTML has no empty elements of these: <div/> would stay open.
  return { name, attributes: { class: kind, id, title }, children: children.length > 0 ? children : [''] };
}
