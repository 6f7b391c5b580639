import { type Journey } from './journey.js';
import { pagesOf, shallow } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
import { type Finding } from './pixel-work.js';
import { holdLimit, type Picture } from './stage.js';

/**
 * An operation that looks at the pixels itself, of all pages at once.
 * @param picture with pixels
 */
export function onPixels(
  { limits }: Journey,
  picture: Picture,
  operation: Operation,
  call: OperationCall,
): { picture: Picture; finding?: Finding } {
  const before = picture.pixels ? pagesOf(shallow(picture.pixels)) : [];
  const { pages, finding } = operation.work?.(before, call) ?? { pages: [] };
  const [first] = pages;
  if (!first) throw new TypeError('A picture without pixels has no pages.');
  holdLimit(limits, operation, first, pages.length);
  const data = pages.length === 1 ? first.data : Buffer.concat(pages.map((page) => page.data));
  const { width, height, channels } = first;
  const worked = { ...picture, pixels: { ...first, data, pages: pages.length }, size: { width, height } };
  return { picture: { ...worked, grey: channels <= 2 }, ...(finding && { finding }) };
}
