import { type FormatName } from '../formats.js';
import { bmp } from './bmp.js';
import { type Decoder } from './decoder.js';
import { heic } from './heic.js';
import { pdf } from './pdf.js';
import { svg } from './svg.js';

const decoders: Partial<Record<FormatName, Decoder>> = { bmp, heic, pdf, svg };

/** Undefined for what sharp reads from its file itself. */
export function decoderOf(format: FormatName): Decoder | undefined {
  return decoders[format];
}
