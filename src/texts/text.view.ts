import { ApiProperty } from '@nestjs/swagger';
import { type XmlElement, xmlOf } from '../http/xml-out.js';
import { type Box, type Line, type Page } from '../processing/ocr/recognition.js';
import { type Findings } from '../processing/pixel-work.js';
import { plainText } from './plain-text.js';
import { type Text } from './text.js';
import { correctionPage, textPage } from './text.page.js';
import { textFormatNames } from './text.formats.js';

class BoxView {
  @ApiProperty({ type: 'integer', description: 'Pixels, from the left.' }) x: number;
  @ApiProperty({ type: 'integer', description: 'Pixels, from the top.' }) y: number;
  @ApiProperty({ type: 'integer' }) width: number;
  @ApiProperty({ type: 'integer' }) height: number;
}

class BaselineView {
  @ApiProperty({ type: 'integer' }) x0: number;
  @ApiProperty({ type: 'integer' }) y0: number;
  @ApiProperty({ type: 'integer' }) x1: number;
  @ApiProperty({ type: 'integer' }) y1: number;
}

class WordView {
  @ApiProperty({ example: 'Darkroom' }) text: string;
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100 }) confidence: number;
  @ApiProperty({ type: BoxView }) box: BoxView;
}

class LineView {
  @ApiProperty({ type: BoxView }) box: BoxView;
  @ApiProperty({ type: BaselineView, description: 'What the letters stand on.' }) baseline: BaselineView;
  @ApiProperty({ type: [WordView] }) words: readonly WordView[];
}

class ParagraphView {
  @ApiProperty({ type: BoxView }) box: BoxView;
  @ApiProperty({ type: [LineView] }) lines: readonly LineView[];
}

class BlockView {
  @ApiProperty({ type: BoxView }) box: BoxView;
  @ApiProperty({ type: [ParagraphView] }) paragraphs: readonly ParagraphView[];
}

class PageView {
  @ApiProperty({ type: 'integer', description: 'Pixels, as it lies upright.' }) width: number;
  @ApiProperty({ type: 'integer' }) height: number;
  @ApiProperty({ enum: [0, 90, 180, 270], description: 'How far it was turned clockwise to be read, degrees.' })
  turned: number;
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, description: 'Mean over its letters.' }) confidence: number;
  @ApiProperty({ type: [BlockView] }) blocks: readonly BlockView[];
}

/** What clients see of a text. */
export class TextView {
  static readonly element = 'text';
  static readonly toHtml = textPage;

  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'date-time' }) created: string;
  @ApiProperty({ format: 'date-time', description: 'When the text goes by itself.' }) expires: string;
  @ApiProperty({ type: [String], example: ['eng'] }) languages: readonly string[];
  @ApiProperty({ description: 'All of it, the same as text/plain.' }) text: string;
  @ApiProperty({ type: [PageView] }) pages: readonly PageView[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'What the operations before it found out about the image, by operation.',
    example: { deskew: { angle: 3.2 } },
  })
  findings: Findings;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    description: 'self, task, corrections, and each representation under a URI of its own.',
  })
  links: Record<string, string>;

  /** Measures are attributes: a tenth of the size that elements would have. */
  static toXml({ id, created, expires, languages, pages, findings, links }: TextView): XmlElement {
    return {
      name: TextView.element,
      attributes: { 'xmlns:atom': 'http://www.w3.org/2005/Atom', id, created, expires, languages: languages.join('+') },
      children: [
        ...Object.entries(links).map(([rel, href]) => ({ name: 'atom:link', attributes: { rel, href } })),
        xmlOf('findings', findings),
        ...pages.map(pageElement),
      ],
    };
  }
}

/** The answer to a correction: it is kept, and cannot be read. */
export class CorrectionView {
  static readonly element = 'correction';
  static readonly toHtml = correctionPage;

  @ApiProperty({ example: 'Thank you: the correction is kept.' }) message: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    description: 'The text that it is about.',
  })
  links: Record<string, string>;
}

export function textView(text: Text, origin: string): TextView {
  const self = textUri(text.id, origin);
  const { languages, pages } = text.recognition;
  const formats = textFormatNames.map((format) => [format, `${self}?format=${format}`] as const);
  return {
    id: text.id,
    created: text.createdAt.toISOString(),
    expires: text.expiresAt.toISOString(),
    languages,
    text: plainText(text.recognition),
    pages,
    findings: text.findings,
    links: {
      self,
      task: `${origin}/images/tasks/${text.taskId}`,
      corrections: `${self}/corrections`,
      ...Object.fromEntries(formats),
    },
  };
}

export function textUri(id: string, origin: string): string {
  return `${origin}/texts/${id}`;
}

function pageElement({ blocks, ...page }: Pick<Page, 'blocks'> & Omit<PageView, 'blocks'>): XmlElement {
  const children = blocks.map(({ box, paragraphs }) => ({
    name: 'block',
    attributes: { ...box },
    children: paragraphs.map(({ box, lines }) => ({
      name: 'paragraph',
      attributes: { ...box },
      children: lines.map(lineElement),
    })),
  }));
  return { name: 'page', attributes: { ...page }, children };
}

function lineElement({ box, words }: Line): XmlElement {
  const children = words.map(({ text, confidence, box }) => wordElement(text, confidence, box));
  return { name: 'line', attributes: { ...box }, children };
}

function wordElement(text: string, confidence: number, box: Box): XmlElement {
  return { name: 'word', attributes: { ...box, confidence }, children: [text] };
}
