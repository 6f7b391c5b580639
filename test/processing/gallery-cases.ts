import { join, resolve } from 'node:path';
import { type OperationCall } from '../../src/processing/operation.js';

/** Beside the sources: the tests run from dist. */
export const gallery = resolve('test/fixtures/gallery');

/** Real pictures, whose origin ORIGINS.md tells. */
export const sources = {
  photograph: join(gallery, 'photograph.jpg'),
  transparent: join(gallery, 'transparent.png'),
  animation: join(gallery, 'animation.gif'),
  scan: join(gallery, 'scan.png'),
  page: join(gallery, 'page.jpg'),
};
type Source = keyof typeof sources;

export interface Case {
  readonly source: Source;
  readonly operations: readonly OperationCall[];
}

const photograph = (...operations: OperationCall[]): Case => ({
  source: 'photograph',
  operations: [{ operation: 'autorotate' }, ...operations],
});
const on =
  (source: Source) =>
  (...operations: OperationCall[]): Case => ({ source, operations });
const [transparent, animation, scan, page] = [on('transparent'), on('animation'), on('scan'), on('page')];

const mark = { operation: 'watermark', text: '© Darkroom & <co>', opacity: 0.8 };
export const logo = '/images/logo';

/** A picture each in the gallery, by its name. */
export const cases: Readonly<Record<string, Case>> = {
  'read-frame': animation({ operation: 'read', page: 2 }),
  autorotate: photograph(),
  'resize-inside': photograph({ operation: 'resize', width: 90, height: 90 }),
  'resize-outside': photograph({ operation: 'resize', width: 90, height: 90, fit: 'outside' }),
  'resize-cover': photograph({ operation: 'resize', width: 90, height: 90, fit: 'cover', position: 'right' }),
  'resize-attention': photograph({ operation: 'resize', width: 60, height: 120, fit: 'cover', position: 'attention' }),
  'resize-contain': photograph({ operation: 'resize', width: 90, height: 90, fit: 'contain', background: '#00808080' }),
  'resize-fill': photograph({ operation: 'resize', width: 90, height: 120, fit: 'fill' }),
  'resize-nearest': animation({ operation: 'resize', width: 160, kernel: 'nearest' }),
  'crop-box': photograph({ operation: 'crop', left: 20, top: 30, width: 120, height: 90 }),
  'crop-attention': photograph({ operation: 'crop', by: 'attention', width: 80, height: 80 }),
  'crop-entropy': scan({ operation: 'crop', by: 'entropy', width: 120, height: 60 }),
  'extend-background': photograph({
    operation: 'extend',
    top: 10,
    left: 20,
    bottom: 30,
    right: 5,
    background: 'maroon',
  }),
  'extend-transparent': transparent({ operation: 'extend', top: 20, right: 40 }),
  'extend-mirror': photograph({ operation: 'extend', left: 60, right: 60, with: 'mirror' }),
  'extend-repeat': animation({ operation: 'extend', right: 80, with: 'repeat' }),
  'extend-copy': photograph({ operation: 'extend', top: 40, with: 'copy' }),
  'rotate-90': animation({ operation: 'rotate', angle: 90 }, { operation: 'flip' }),
  'rotate-12': photograph({ operation: 'rotate', angle: 12 }),
  flip: photograph({ operation: 'flip' }),
  flop: scan({ operation: 'flop' }),
  blur: photograph({ operation: 'blur', sigma: 4 }),
  'blur-transparent': transparent({ operation: 'blur', sigma: 4 }),
  'blur-animation': animation({ operation: 'blur', sigma: 3 }),
  sharpen: photograph({ operation: 'sharpen', sigma: 2, flat: 3, jagged: 6 }),
  'gamma-light': photograph({ operation: 'gamma', gamma: 2 }),
  'gamma-dark': photograph({ operation: 'gamma', gamma: 0.5 }),
  'modulate-hue': photograph({ operation: 'modulate', hue: 120, saturation: 1.5 }),
  'modulate-brightness': photograph({ operation: 'modulate', brightness: 0.6, lightness: 5 }),
  tint: photograph({ operation: 'tint', colour: '#b07030' }),
  'tint-scan': scan({ operation: 'tint', colour: 'teal' }),
  grayscale: photograph({ operation: 'grayscale' }),
  'grayscale-transparent': transparent({ operation: 'grayscale' }, { operation: 'flop' }),
  flatten: transparent({ operation: 'flatten', background: 'olive' }),
  'watermark-text': photograph(mark),
  'watermark-tiles': photograph({ ...mark, tile: true, size: 30, colour: 'yellow', opacity: 0.5 }),
  'watermark-scan': scan({ ...mark, colour: 'red', gravity: 'centre', size: 90 }),
  'watermark-animation': animation({ ...mark, text: 'Ω', colour: 'white', size: 40, gravity: 'north' }),
  'watermark-image': photograph({ operation: 'watermark', image: logo, size: 40, gravity: 'northwest', opacity: 1 }),
  deskew: page({ operation: 'deskew' }),
  denoise: page({ operation: 'denoise' }),
  normalise: page({ operation: 'normalise' }),
  despeckle: page({ operation: 'binarise' }, { operation: 'despeckle' }),
  binarise: page({ operation: 'binarise' }),
  trim: scan({ operation: 'trim' }),
  'clean-up': page(...['denoise', 'normalise', 'deskew', 'despeckle', 'trim'].map((operation) => ({ operation }))),
  'convert-palette': transparent({ operation: 'convert', format: 'png', palette: true, colours: 2, dither: 0 }),
  'convert-jpeg-background': transparent({ operation: 'convert', format: 'jpeg', background: 'navy', quality: 95 }),
  'convert-jpeg-coarse': photograph({ operation: 'convert', format: 'jpeg', quality: 4 }),
  'convert-gif-colours': photograph({ operation: 'convert', format: 'gif', colours: 6, dither: 0 }),
  'convert-webp-animation': animation({ operation: 'convert', format: 'webp', lossless: true }),
};

/** A reference is a WebP, animated where the picture is. */
export const referenceOf = (name: string): string => join(gallery, 'expected', `${name}.webp`);
