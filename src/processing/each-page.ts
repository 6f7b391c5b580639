import { type Journey } from './journey.js';
import { pagesOf, shallow } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
import { type Finding } from './pixel-work.js';
import { holdLimit, type Picture, Stage } from './stage.js';

/**
 * Page by page: sharp holds several pages as one long strip, which it would turn or mirror as a whole.
 * @param picture with pixels
 */
export async function eachPage(
  journey: Journey,
  picture: Picture,
  operation: Operation,
  call: OperationCall,
): Promise<Picture> {
  const { pages } = picture;
  // Of all of them: a stage of one page knows of no other.
  holdLimit(journey.limits, operation, operation.size(call, new Stage(journey, picture).context), pages);
  let whole: Picture | undefined;
  for (const [index, page] of (picture.pixels ? pagesOf(picture.pixels) : []).entries()) {
    const stage = new Stage(journey, { ...picture, pixels: page, pages: 1 });
    await stage.add(operation, call);
    const { pixels, ...developed } = await stage.develop();
    if (!pixels) break;
    // All have the size of the first, and their place; gathered at the end they would take twice the memory.
    whole ??= { ...developed, pages, pixels: { ...pixels, pages, data: Buffer.alloc(pages * pixels.data.length) } };
    whole.pixels?.data.set(pixels.data, index * pixels.data.length);
  }
  if (!whole) throw new TypeError('A picture without pixels has no pages.');
  return whole;
}

/**
 * An operation on pixels.
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
