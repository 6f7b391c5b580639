import { didYouMean } from '../fault-words.js';
import { installedLanguages, languagesMax, languagesOf } from '../ocr/languages.js';
import { layouts, type Layout } from '../ocr/layout.js';
import { defineOperation, type OperationCall } from '../operation.js';

interface OcrParameters {
  languages?: string;
  orientation?: 'auto' | 'keep';
  layout?: Layout;
}

const known = installedLanguages.join(', ');

export const ocr = defineOperation<OcrParameters>({
  name: 'ocr',
  summary:
    'Reads the text. It is the last operation: the outcome is a text, as JSON, plain text, hOCR, ALTO, TSV or searchable PDF. Pages of a TIFF or a PDF are read one by one; of an animation, the first frame.',
  parameters: {
    languages: {
      type: 'string',
      pattern: '^[A-Za-z_]+(\\+[A-Za-z_]+)*$',
      maxLength: 100,
      description: `ISO 639-2 codes joined by +, the most likely first, ${languagesMax} at most. There is ${known}.`,
      default: 'eng',
      examples: ['eng', 'deu+eng'],
    },
    orientation: {
      type: 'string',
      enum: ['auto', 'keep'],
      description: 'auto finds pages that lie on their side or their head and turns them; keep reads them as they lie.',
      default: 'auto',
      examples: ['keep'],
    },
    layout: {
      type: 'string',
      enum: layouts,
      description:
        'How the text is laid out: auto finds columns and blocks; column, block, line and word say that there is one; sparse looks for words anywhere.',
      default: 'auto',
      examples: ['block'],
    },
  },
  check({ languages = 'eng' }) {
    const asked = languagesOf(languages);
    const unknown = asked.find((code) => !installedLanguages.includes(code));
    const detail =
      unknown !== undefined
        ? `there is no data for "${unknown}" here${didYouMean(unknown, installedLanguages)}; there is ${known}`
        : asked.length > languagesMax
          ? `at most ${languagesMax} languages; got ${asked.length}`
          : undefined;
    return detail === undefined ? [] : [{ parameter: 'languages', detail }];
  },
  // Pixels stay as they are: it reads them when they leave the last stage (ocr/recognise.ts).
  apply: (image) => image,
});

/** What a checked call asks for, nothing left open. */
export interface OcrOptions {
  readonly languages: readonly string[];
  readonly layout: Layout;
  readonly orientation: 'auto' | 'keep';
}

export function ocrOptionsOf({ languages, layout, orientation }: OperationCall): OcrOptions {
  return {
    languages: languagesOf(typeof languages === 'string' ? languages : 'eng'),
    layout: layouts.find((name) => name === layout) ?? 'auto',
    orientation: orientation === 'keep' ? 'keep' : 'auto',
  };
}
