import { type FormatName } from './formats.js';

/** What the header of an image says, before any pixel is decoded. Sizes are in pixels, as stored: an EXIF orientation is not applied. */
export interface Header {
  readonly format: FormatName;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  /** Frames of an animation or pages of a document; 1 for everything else. */
  readonly pages: number;
  /** width × height × pages */
  readonly pixels: number;
  /** Bits of a channel, 8 or 16 (deeper ones are stored as 32-bit numbers). */
  readonly depth: 8 | 16 | 32;
  readonly colours: 'grey' | 'rgb' | 'cmyk' | 'lab' | 'other';
  /** Is there an alpha channel? */
  readonly transparency: boolean;
  /** Is an ICC profile embedded? */
  readonly profile: boolean;
  /** EXIF orientation, 2 to 8; absent where the image lies as it is stored. */
  readonly orientation?: number;
  /** Pixels an inch, where the file says so or was read at a density. */
  readonly density?: number;
  /** Milliseconds of each frame, of an animation. */
  readonly delays?: readonly number[];
  /** How often an animation plays, 0 for ever. */
  readonly loop?: number;
}

/** The header of what was written, and how many bytes it takes. */
export type WrittenHeader = Pick<Header, 'format' | 'mediaType' | 'width' | 'height' | 'pages'> & {
  readonly bytes: number;
};

/** As much of a header as is kept of a stored image. */
export type StoredHeader = Pick<Header, 'mediaType' | 'width' | 'height' | 'pages'>;
