import { type Journey } from './journey.js';
import { pagesOf } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
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
