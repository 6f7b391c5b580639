import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import { decoderOf } from './decoders/decoders.js';
import { ProcessingFailure } from './failure.js';
import { type Header } from './header.js';
import { inspect } from './inspect.js';
import { type Limits } from './limits.js';
import { openFile, openPixels, type Pixels, pixelsOf } from './native.js';
import { type Size } from './operation.js';
import { type WatermarkParameters } from './operations/watermark.js';
import { boxOf, marginOf, type Placement, placeOf } from './placement.js';

// Loaded in child processes only, as native.ts.

/** Ships with the service: a bare machine has no fonts. */
const fontfile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');
const font = 'DejaVu Sans Bold 48';
/** At which a point is a pixel. */
const dpi = 72;
/** What librsvg takes. */
const densityMin = 2;
const densityMax = 100_000;

interface Resources {
  readonly limits: Limits;
  readonly inputs: Readonly<Record<string, string>>;
}

/** By their parameters: the pages of an animation have one mark, drawn once. */
const drawn = new WeakMap<WatermarkParameters, Promise<OverlayOptions>>();

/** What is to be composited over an image of that size. @throws ProcessingFailure where it cannot be drawn */
export function drawMark(parameters: WatermarkParameters, size: Size, resources: Resources): Promise<OverlayOptions> {
  const mark = drawn.get(parameters) ?? draw(parameters, size, resources);
  drawn.set(parameters, mark);
  return mark;
}

async function draw(parameters: WatermarkParameters, image: Size, resources: Resources): Promise<OverlayOptions> {
  const { gravity = 'southeast', size = 25, margin = 2, tile = false, opacity = 0.5 } = parameters;
  const placement: Placement = { gravity, size, margin, tile };
  const solid = await solidMark(parameters, boxOf(placement, image), resources);
  const mark = faded(solid, opacity);
  if (tile) {
    const spaced = await withMargins(mark, marginOf(placement, image.width), image);
    return { ...overlay(spaced), tile, gravity };
  }
  return { ...overlay(mark), ...placeOf(mark, placement, image) };
}

async function solidMark(
  { text, image = '', colour = 'white' }: WatermarkParameters,
  box: Size,
  { limits, inputs }: Resources,
): Promise<Pixels> {
  try {
    return await (text === undefined ? imageMark(inputs[image], box, limits) : textMark(text, colour, box));
  } catch (error) {
    const reason = error instanceof ProcessingFailure ? error.detail : 'it cannot be drawn.';
    const what = text === undefined ? `the image ${image}` : 'the text';
    throw new ProcessingFailure('operation-failed', `watermark: ${what}: ${reason}`);
  }
}

async function imageMark(path: string | undefined, box: Size, limits: Limits): Promise<Pixels> {
  if (path === undefined) throw new TypeError('The image of a watermark was not handed over.');
  const header = await inspect(path, limits);
  const decoder = decoderOf(header.format);
  const reading = { page: 0, density: densityFor(box, header) };
  const image = decoder
    ? openPixels(await decoder.decode(path, 'first', reading, limits))
    : openFile(path, limits, 'first').autoOrient();
  return pixelsOf(
    image
      .resize({ ...box, fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha(),
  );
}

/** Pixels an inch at which a drawing just fits, so that it is as sharp when it is large as when it is small. */
function densityFor(box: Size, { density, width, height }: Header): number | undefined {
  if (density === undefined) return undefined;
  const fitting = density * Math.min(box.width / width, box.height / height);
  return Math.min(Math.max(fitting, densityMin), densityMax);
}

/** The text is drawn as a mask, through which the colour is seen. */
async function textMark(text: string, colour: string, box: Size): Promise<Pixels> {
  const once = await maskOf(text, dpi);
  const scale = Math.min(box.width / once.width, box.height / once.height);
  const mask = await maskOf(text, Math.max(1, Math.floor(dpi * scale)), box);
  const { data, width, height } = mask;
  const plain = sharp({ create: { width, height, channels: 3, background: colour } });
  return pixelsOf(plain.joinChannel(data, { raw: { width, height, channels: 1 } }).toColourspace('srgb'));
}

async function maskOf(text: string, resolution: number, box?: Size): Promise<Size & { data: Buffer }> {
  const image = sharp({ text: { text: withoutMarkup(text), font, fontfile, dpi: resolution } });
  // Glyphs are fitted to pixels, so that twice the resolution is not quite twice the width.
  const fitted = box ? image.resize({ ...box, fit: 'inside', withoutEnlargement: true }) : image;
  const { data, info } = await fitted.extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Pango reads its markup in texts, in which three characters count. */
function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function faded(mark: Pixels, opacity: number): Pixels {
  const data = Buffer.from(mark.data);
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = Math.round((data[alpha] ?? 0) * opacity);
  return { ...mark, data };
}

/** Half the distance between two on each side, as far as there is room. */
function withMargins(mark: Pixels, margin: number, image: Size): Promise<Pixels> {
  const across = Math.floor(Math.min(margin, image.width - mark.width) / 2);
  const down = Math.floor(Math.min(margin, image.height - mark.height) / 2);
  const margins = { left: across, right: across, top: down, bottom: down };
  return pixelsOf(openPixels(mark).extend({ ...margins, background: '#0000' }));
}

function overlay({ data, width, height, channels }: Pixels): OverlayOptions {
  return { input: data, raw: { width, height, channels } };
}
