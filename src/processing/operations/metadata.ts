import { defineOperation } from '../operation.js';

interface MetadataParameters {
  keep: 'strip' | 'copyright' | 'all';
}

export const metadata = defineOperation<MetadataParameters>({
  name: 'metadata',
  summary:
    'Says what is kept of what the file tells beside its pixels; without it nothing but an orientation that was not applied. It counts when the outcome is written, wherever it stands: of several the last.',
  parameters: {
    keep: {
      type: 'string',
      enum: ['strip', 'copyright', 'all'],
      description:
        '`strip` nothing; `copyright` who made it and whose it is (EXIF Artist and Copyright); `all` EXIF, with the place where it was taken, and XMP, as far as the formats of the input and the outcome have them and not for pages that were worked on one by one, and the profile of sRGB, which the colours are in. BMP, PDF and SVG have none of it.',
      examples: ['copyright', 'all'],
    },
  },
  required: ['keep'],
  // The pipeline sees to it when it writes: metadata.ts.
  apply: (image) => image,
});
