import { type Sharp } from 'sharp';
import { authorshipOf } from './exif.js';
import { openFile } from './native.js';
import { type OperationCall } from './operation.js';
import { type Journey, Stage } from './stage.js';

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
      const { exif } = await openFile(journey.input, journey.limits, 'first').metadata();
      const authorship = exif === undefined ? {} : authorshipOf(exif);
      // Anything but an empty set replaces what tagOrientation has set.
      return Object.keys(authorship).length > 0
        ? tagged(stage.leave()).withExif({ IFD0: { ...authorship } })
        : tagged(stage.leave());
    }
    case 'all':
      return attached(stage.readsFile ? stage.leave() : await overFile(stage, journey), stage, journey);
    default:
      return kept satisfies never;
  }
}

/** Everything that the file has, and the profile of the colours as they are by now. */
function attached(image: Sharp, { grey }: Stage, { deep }: Journey): Sharp {
  // sharp would make three channels of one to fit the profile, and takes 16 bits for Display P3.
  return grey || deep ? image.keepExif().keepXmp() : image.withMetadata();
}

/**
 * Pixels have no metadata, and sharp can attach those of a file to what it makes of the file alone. So the pixels are laid
 * over the file: over one pixel of it, enlarged.
 */
async function overFile(stage: Stage, journey: Journey): Promise<Sharp> {
  const picture = await stage.develop();
  const { pixels, size, pages } = picture;
  if (pixels === undefined || pixels.deep || pages > 1) return new Stage(journey, picture).leave();
  const { data, width, height, channels } = pixels;
  const opened = openFile(journey.input, journey.limits, 'first');
  // The orientation goes where it was applied to the pixels.
  const file = (stage.orientation === 1 ? opened.autoOrient() : opened)
    .extract({ left: 0, top: 0, width: 1, height: 1 })
    .resize({ ...size, fit: 'fill', kernel: 'nearest' })
    .composite([{ input: data, raw: { width, height, channels }, blend: 'source' }]);
  const opaque = channels % 2 === 1 ? file.removeAlpha() : file;
  return opaque.toColourspace(stage.grey ? 'b-w' : 'srgb');
}
