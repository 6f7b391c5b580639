import { TiffFields } from './tiff-fields.js';

/** Whose a picture is, as EXIF 2.32 4.6.4 has it. */
export interface Authorship {
  Artist?: string;
  Copyright?: string;
}

/** Reads the authorship out of an EXIF block. */
export function authorshipOf(block: Buffer): Authorship {
  const tiff = new TiffFields(block);
  const { first } = tiff;
  const [artist, copyright] = [tiff.text(first, 0x013b), tiff.text(first, 0x8298)];
  return { ...(artist !== undefined && { Artist: artist }), ...(copyright !== undefined && { Copyright: copyright }) };
}
