import { type Conversion } from './conversion.js';
import { mebibytes, megapixels, ProcessingFailure } from './failure.js';
import { type Limits } from './limits.js';
import { type OperationCall, type Size } from './operation.js';

/** What a child has without any pixels. Bytes. */
const childBytes = 100 * 1024 * 1024;

/** Bytes that an encoder takes for each pixel of a page while it holds the whole of it, as measured on 24 and 49 megapixels. */
function bytesAPixel({ format, call }: Conversion): number {
  // libaom
  if (format === 'avif') return call['chromaSubsampling'] === '4:2:0' ? 21 : 34;
  // libwebp: to lose nearly nothing is to lose nothing, after pixels were changed
  if (format === 'webp') return isLossless(call) ? 25 : 0;
  // Of the others what they take is less than what was decoded.
  return 0;
}

/**
 * Before the encoder begins, rather than half a minute later, when a child that takes too much is killed.
 * @throws ProcessingFailure `too-large`
 */
export function holdEncoder(conversion: Conversion, { width, height }: Size, { memoryMax }: Limits): void {
  const bytes = bytesAPixel(conversion);
  const pixelsMax = Math.floor((memoryMax - childBytes) / bytes);
  if (bytes === 0 || width * height <= pixelsMax) return;
  const { format, call } = conversion;
  const written = isLossless(call) ? `lossless ${format}` : format;
  throw new ProcessingFailure(
    'too-large',
    `To write ${written} takes ${bytes} bytes of memory a pixel: of ${megapixels(width * height)} more than the limit, ${mebibytes(memoryMax)}. Put a resize to at most ${megapixels(pixelsMax)} before it.`,
  );
}

function isLossless({ lossless, nearLossless }: OperationCall): boolean {
  return lossless === true || nearLossless === true;
}
