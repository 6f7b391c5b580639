import { type OverlayOptions, type Sharp } from 'sharp';
import { carrierOf, type Told } from './carrier.js';
import { authorshipOf } from './exif.js';
import { type Journey } from './journey.js';
import { openFile, openPixels, type Pixels } from './native.js';
import { type OperationCall } from './operation.js';
import { Stage } from './stage.js';

type Kept = 'strip' | 'copyright' | 'all';

/** What the last `metadata` says. */
export function keptBy(operations: readonly OperationCall[]): Kept {
  const keep = operations.findLast(({ operation }) => operation === 'metadata')?.['keep'];
  return keep === 'copyright' || keep === 'all' ? keep : 'strip';
}

/**
 * The picture as it leaves its last stage, with what is kept of the file's metadata.
 * @param orientation does the format of the outcome have a place for one?
 */
export async function withKept(kept: Kept, stage: Stage, journey: Journey, orientation: boolean): Promise<Sharp> {
  const tagged = (image: Sharp) => (orientation && stage.orientation > 1 ? stage.tagOrientation(image) : image);
  switch (kept) {
    case 'strip':
      return tagged(stage.leave());
    case 'copyright': {
      const { exif } = await toldBy(journey);
      const authorship = exif === undefined ? {} : authorshipOf(exif);
      // Anything but an empty set replaces what tagOrientation has set.
      return Object.keys(authorship).length > 0
        ? tagged(stage.leave()).withExif({ IFD0: { ...authorship } })
        : tagged(stage.leave());
    }
    case 'all':
      return attached(stage.readsFile ? stage.leave() : await carried(stage, journey), stage, journey);
    default:
      return kept satisfies never;
  }
}

/** Everything that the file has, and the profile of the colours as they are by now. */
function attached(image: Sharp, { grey }: Stage, { deep }: Journey): Sharp {
  // sharp would make three channels of one to fit the profile, and takes 16 bits for Display P3.
  return grey || deep ? image.keepExif().keepXmp() : image.withMetadata();
}

/** What sharp cannot open (BMP, SVG, PDF) tells nothing; of a HEIC it reads all but the pixels. */
async function toldBy({ input, limits }: Journey): Promise<Told> {
  return openFile(input, limits, 'first')
    .metadata()
    .catch(() => ({}));
}

/** Pixels have no metadata: so they are laid over a pixel that has, enlarged. Several pages at once sharp cannot lay over one. */
async function carried(stage: Stage, journey: Journey): Promise<Sharp> {
  const told = await toldBy(journey);
  if (stage.pages > 1 || (told.exif === undefined && told.xmp === undefined)) return stage.leave();
  const developed = await stage.develop();
  const { pixels, size } = developed;
  if (pixels === undefined) return new Stage(journey, developed).leave();
  const carrier = await carrierOf(told);
  // The orientation goes where it was applied to the pixels.
  const picture = (stage.orientation === 1 ? carrier.autoOrient() : carrier)
    .resize({ ...size, fit: 'fill', kernel: 'nearest' })
    .pipelineColourspace(pixels.deep ? 'rgb16' : 'srgb')
    .composite([{ ...(await overlayOf(pixels)), blend: 'source' }]);
  const opaque = pixels.channels % 2 === 1 ? picture.removeAlpha() : picture;
  return opaque.toColourspace(stage.grey ? (journey.deep ? 'grey16' : 'b-w') : journey.deep ? 'rgb16' : 'srgb');
}

/** As pixels sharp takes 8 bits alone for it; 16 come as a PNG, not compressed. */
async function overlayOf(pixels: Pixels): Promise<OverlayOptions> {
  const { data, width, height, channels, deep } = pixels;
  if (!deep) return { input: data, raw: { width, height, channels } };
  const image = openPixels(pixels).toColourspace(channels <= 2 ? 'grey16' : 'rgb16');
  return { input: await image.png({ compressionLevel: 0 }).toBuffer() };
}
