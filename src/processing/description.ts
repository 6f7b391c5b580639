import { rgbaToThumbHash } from 'thumbhash';
import { decoderOf } from './decoders/decoders.js';
import { type DominantColour, dominantColours } from './dominant-colours.js';
import { firstPage, ifDecodes } from './first-page.js';
import { type FormatName } from './formats.js';
import { type ColourProfile, colourProfileOf } from './icc.js';
import { inspect } from './inspect.js';
import { type Limits } from './limits.js';
import { openFile } from './native.js';
import { perceptualHash } from './perceptual-hash.js';
import { type Photograph, photographOf } from './photograph.js';

/** What an image tells of itself, and what its first page looks like. A member is absent where it tells nothing of it. */
export interface Description {
  readonly photograph?: Photograph;
  readonly profile?: ColourProfile;
  readonly colours?: readonly DominantColour[];
  /** Of Evan Wallace, base64: a blurred likeness in some 25 bytes. */
  readonly thumbhash?: string;
  /** perceptual-hash.ts */
  readonly hash?: string;
}

/** Pixels along the longer side of what is looked at: as many as a thumbhash takes. */
const side = 100;

export async function describe(path: string, limits: Limits): Promise<Description> {
  const { format } = await inspect(path, limits);
  const own = decoderOf(format) ? {} : await metadataOf(path, limits);
  const hash = await perceptualHash(path, format, limits);
  // What cannot be decoded may have a camera all the same.
  const looks = await ifDecodes(() => looksOf(path, format, limits));
  return { ...own, ...looks, ...(hash !== null && { hash }) };
}

async function metadataOf(path: string, limits: Limits): Promise<Pick<Description, 'photograph' | 'profile'>> {
  const { exif, icc } = await openFile(path, limits, 'first').metadata();
  const photograph = exif && photographOf(exif);
  const profile = icc && colourProfileOf(icc);
  return { ...(photograph && { photograph }), ...(profile && { profile }) };
}

async function looksOf(
  path: string,
  format: FormatName,
  limits: Limits,
): Promise<Pick<Description, 'colours' | 'thumbhash'>> {
  const { data, info } = await (
    await firstPage(path, format, limits)
  )
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const thumbhash = Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
  return { colours: dominantColours(data), thumbhash };
}
