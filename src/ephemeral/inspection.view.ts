import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type DominantColour } from '../processing/dominant-colours.js';
import { type ColourProfile } from '../processing/icc.js';
import { type Incoming } from '../storage/blob-store.js';
import { type Inspected } from './ephemeral.service.js';
import { ExifView } from './exif.view.js';

export class ProfileView implements ColourProfile {
  @ApiPropertyOptional({ example: 'Display P3' }) description?: string;
  @ApiPropertyOptional({ description: 'Of the pixels.', example: 'RGB' }) space?: string;
  @ApiPropertyOptional({ example: '4.0' }) version?: string;
}

export class DominantColourView implements DominantColour {
  @ApiProperty({ description: 'sRGB.', pattern: '^#[0-9a-f]{6}$', example: '#2f6f9f' }) hex: string;
  @ApiProperty({ description: 'Of the pixels that are not transparent, 0 to 1.', example: 0.42 }) share: number;
}

/** What is in an image that nobody keeps. */
export class InspectionView {
  static readonly element = 'inspection';

  @ApiProperty({ description: 'Told from the bytes.', example: 'image/jpeg' }) mediaType: string;
  @ApiProperty({ description: 'As stored: an EXIF orientation is not applied.', type: 'integer', example: 4032 })
  width: number;
  @ApiProperty({ type: 'integer', example: 3024 }) height: number;
  @ApiProperty({ description: 'Pages of a document, frames of an animation.', type: 'integer', example: 1 })
  pages: number;
  @ApiProperty({ type: 'integer', example: 3_145_728 }) bytes: number;
  @ApiProperty({
    description: 'SHA-256, hexadecimal.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  digest: string;
  @ApiProperty({ description: 'Bits of a channel.', enum: [8, 16, 32] }) depth: number;
  @ApiProperty({ enum: ['grey', 'rgb', 'cmyk', 'lab', 'other'] }) colourSpace: string;
  @ApiProperty({ description: 'Whether there is an alpha channel.' }) transparency: boolean;
  @ApiPropertyOptional({ description: 'Pixels an inch, where the file says so.', example: 300 }) density?: number;
  @ApiPropertyOptional({ description: 'Milliseconds of each frame.', type: [Number] }) delays?: readonly number[];
  @ApiPropertyOptional({ description: 'How often an animation plays, 0 for ever.', type: 'integer' }) loop?: number;
  @ApiPropertyOptional({ type: ExifView }) exif?: ExifView;
  @ApiPropertyOptional({ description: 'The ICC profile that is embedded.', type: ProfileView }) profile?: ProfileView;
  @ApiPropertyOptional({
    description:
      'Up to six, by k-means in OKLab over the first page at 100 pixels; the most frequent first. Absent, as thumbhash ' +
      'is, where the pixels cannot be decoded, or not in time.',
    type: [DominantColourView],
  })
  colours?: readonly DominantColourView[];
  @ApiPropertyOptional({
    description: 'A blurred likeness of the first page (ThumbHash, Evan Wallace), base64.',
    format: 'byte',
    example: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  })
  thumbhash?: string;
  @ApiPropertyOptional({
    description:
      'What it looks like, as the `hash` of a stored image: 64 bits, hexadecimal. Absent for HEIC, and for an image of one colour.',
    pattern: '^[0-9a-f]{16}$',
    example: 'c3b1a98e6f0d5c72',
  })
  hash?: string;
}

export function inspectionView({ digest, bytes }: Incoming, { header, description }: Inspected): InspectionView {
  const { mediaType, width, height, pages, depth, colours, transparency, density, delays, loop } = header;
  const { photograph, ...looks } = description ?? {};
  return {
    ...{ mediaType, width, height, pages, bytes, digest, depth, colourSpace: colours, transparency },
    ...(density !== undefined && { density }),
    ...(delays !== undefined && { delays }),
    ...(loop !== undefined && { loop }),
    ...(photograph && { exif: photograph }),
    ...looks,
  };
}
