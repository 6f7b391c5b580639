import { pagesOf, shallow } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
import { type Finding } from './pixel-work.js';
import { holdLimit, type Journey, type Picture, Stage } from './stage.js';

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
  const developed: Picture[] = [];
  for (const pixels of picture.pixels ? pagesOf(picture.pixels) : []) {
    const stage = new Stage(journey, { ...picture, pixels, pages: 1 });
    await stage.add(operation, call);
    developed.push(await stage.develop());
  }
  const pages = developed.flatMap(({ pixels }) => pixels ?? []);
  const [first] = developed;
  if (!first?.pixels) throw new TypeError('A picture without pixels has no pages.');
  const pixels = { ...first.pixels, data: Buffer.concat(pages.map(({ data }) => data)), pages: pages.length };
  return { ...first, pixels, pages: pages.length };
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
