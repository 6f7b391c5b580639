import { ApiProperty } from '@nestjs/swagger';
import { type XmlElement, xmlOf } from '../http/xml-out.js';
import { formatNames, formatOf, isRead } from '../processing/formats.js';
import { type Limits, ocrPixelsMax, ocrSideMax, operationsMax, sideMax } from '../processing/limits.js';
import { installedLanguages, languagesMax } from '../processing/ocr/languages.js';
import { catalogue } from '../processing/operations.js';
import { capabilitiesPage } from './capabilities.page.js';

export class FormatView {
  @ApiProperty({ example: 'webp' }) name: string;
  @ApiProperty({ example: 'image/webp' }) mediaType: string;
  @ApiProperty({ example: 'webp' }) extension: string;
  @ApiProperty({ description: 'Whether it is read here.' }) read: boolean;
  @ApiProperty({ description: 'Whether `convert` writes it.' }) written: boolean;
  @ApiProperty({
    description: 'What several pictures in one file are: frames of an animation, pages of a document.',
    enum: ['frames', 'pages', 'none'],
  })
  paging: string;
  @ApiProperty() transparency: boolean;
  @ApiProperty({ description: 'Bits of a channel at most.', type: 'integer', example: 8 }) depth: number;
  @ApiProperty({ description: 'Pixels along a side at most.', type: 'integer', example: 16_383 }) sideMax: number;
  @ApiProperty({ description: 'Parameters of `convert` that it takes.', type: [String], example: ['quality'] })
  options: string[];
}

export class OperationView {
  @ApiProperty({ example: 'resize' }) name: string;
  @ApiProperty({ description: 'What it does.' }) summary: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of a call, as it stands in a task; text in the XML form.',
    example: { type: 'object', properties: { operation: { const: 'flip' } }, required: ['operation'] },
  })
  schema: object;
}

export class LimitsView {
  @ApiProperty({ description: 'Bytes of an upload.', type: 'integer' }) uploadBytes: number;
  @ApiProperty({ description: 'Pixels of an input, over all its pages.', type: 'integer' }) pixels: number;
  @ApiProperty({ description: 'Frames or pages of an input.', type: 'integer' }) frames: number;
  @ApiProperty({ description: 'Pixels of what any operation makes, over all pages.', type: 'integer' })
  outputPixels: number;
  @ApiProperty({ description: 'Pixels along a side that can be asked for.', type: 'integer' }) side: number;
  @ApiProperty({ description: 'Pixels of a page that `ocr` reads.', type: 'integer' }) ocrPixels: number;
  @ApiProperty({ description: 'Pixels along a side of such a page.', type: 'integer' }) ocrSide: number;
  @ApiProperty({ description: 'Languages in one `ocr`.', type: 'integer' }) ocrLanguages: number;
  @ApiProperty({ description: 'Operations of one task.', type: 'integer' }) operations: number;
  @ApiProperty({ description: 'After so long the work on a task is ended, s.' }) taskSeconds: number;
  @ApiProperty({ description: 'Bytes of memory with which the work on a task is ended.', type: 'integer' })
  memoryBytes: number;
}

/** What the running build can do, and how much of it: nothing here is written by hand. */
export class CapabilitiesView {
  static readonly element = 'capabilities';
  static readonly toHtml = capabilitiesPage;

  @ApiProperty({ type: [FormatView] }) formats: FormatView[];
  @ApiProperty({ type: [OperationView] }) operations: OperationView[];
  @ApiProperty({ description: 'What OCR reads: ISO 639-2 codes.', type: [String], example: ['eng'] })
  languages: string[];
  @ApiProperty({ type: LimitsView }) limits: LimitsView;

  /** A schema is a JSON document: its names are no elements. */
  static toXml({ operations, ...view }: CapabilitiesView): XmlElement {
    const texts = operations.map(({ schema, ...operation }) => ({ ...operation, schema: JSON.stringify(schema) }));
    return xmlOf(CapabilitiesView.element, { ...view, operations: texts });
  }
}

export function capabilitiesView(limits: Limits, uploadBytes: number): CapabilitiesView {
  return {
    formats: formatViews(limits),
    operations: [...catalogue.values()].map(({ name, summary, schema }) => ({ name, summary, schema })),
    languages: [...installedLanguages],
    limits: {
      uploadBytes,
      pixels: limits.pixelsMax,
      frames: limits.framesMax,
      outputPixels: limits.outputPixelsMax,
      side: sideMax,
      ocrPixels: ocrPixelsMax,
      ocrSide: ocrSideMax,
      ocrLanguages: languagesMax,
      operations: operationsMax,
      taskSeconds: limits.timeoutMs / 1000,
      memoryBytes: limits.memoryMax,
    },
  };
}

function formatViews({ formatsExtra }: Limits): FormatView[] {
  return formatNames.map((name) => {
    const { mediaType, extension, written, paging, transparency, deep, sideMax: side, options } = formatOf(name);
    return {
      ...{ name, mediaType, extension, paging, transparency, depth: deep ? 16 : 8, sideMax: side },
      read: isRead(name, formatsExtra),
      written: written === true,
      options: [...options],
    };
  });
}
