/** How a format holds more than one picture: the frames of an animation, the pages of a document, or not at all. */
export type Paging = 'frames' | 'pages' | 'none';

/** What can be set when a format is written; the parameters of the operation `convert`. */
export type WritingOption =
  | 'density'
  | 'quality'
  | 'lossless'
  | 'nearLossless'
  | 'effort'
  | 'progressive'
  | 'mozjpeg'
  | 'chromaSubsampling'
  | 'smartSubsampling'
  | 'compression'
  | 'palette'
  | 'colours'
  | 'dither'
  | 'loop'
  | 'background';

export interface Format {
  readonly mediaType: string;
  /** Without the dot. */
  readonly extension: string;
  readonly paging: Paging;
  /** Can pixels be transparent? */
  readonly transparency: boolean;
  /** Can a channel have 16 bits? */
  readonly deep: boolean;
  /** Is there a place for an EXIF orientation that viewers honour? */
  readonly orientation: boolean;
  /** Pixels along a side that the format, or the library that writes it, can hold. */
  readonly sideMax: number;
  readonly options: readonly WritingOption[];
  /** Is it read always, or only where the deployment switches it on (FORMATS_EXTRA)? */
  readonly read: 'always' | 'extra';
  /** Is it written? Else the name of the format that stands in for it where no `convert` asks for another. */
  readonly written: true | 'jpeg' | 'png';
}

/** Every format that is read or written. */
export const formats = {
  jpeg: {
    mediaType: 'image/jpeg',
    extension: 'jpg',
    paging: 'none',
    transparency: false,
    deep: false,
    orientation: true,
    sideMax: 65_535, // 16 bits in the frame header (ITU T.81 B.2.2)
    options: ['quality', 'progressive', 'mozjpeg', 'chromaSubsampling', 'background'],
    read: 'always',
    written: true,
  },
  png: {
    mediaType: 'image/png',
    extension: 'png',
    paging: 'none',
    transparency: true,
    deep: true,
    orientation: true,
    sideMax: 1_000_000, // libpng's own guard; the format has 31 bits
    options: ['effort', 'progressive', 'palette', 'colours', 'dither'],
    read: 'always',
    written: true,
  },
  webp: {
    mediaType: 'image/webp',
    extension: 'webp',
    paging: 'frames',
    transparency: true,
    deep: false,
    orientation: true,
    sideMax: 16_383, // 14 bits (RFC 9649 2.5)
    options: ['quality', 'lossless', 'nearLossless', 'effort', 'smartSubsampling', 'loop'],
    read: 'always',
    written: true,
  },
  avif: {
    mediaType: 'image/avif',
    extension: 'avif',
    paging: 'none',
    transparency: true,
    deep: false,
    orientation: false, // a rotation there is a property of the container (irot), which the decoder applies itself
    sideMax: 16_384, // libvips refuses more when it writes
    options: ['quality', 'lossless', 'effort', 'chromaSubsampling'],
    read: 'always',
    written: true,
  },
  tiff: {
    mediaType: 'image/tiff',
    extension: 'tiff',
    paging: 'pages',
    transparency: true,
    deep: true,
    orientation: true,
    sideMax: 1_000_000, // the format has 32 bits; libtiff guards at a million strips
    options: ['quality', 'compression', 'background'],
    read: 'always',
    written: true,
  },
  gif: {
    mediaType: 'image/gif',
    extension: 'gif',
    paging: 'frames',
    transparency: true,
    deep: false,
    orientation: false,
    sideMax: 65_535, // 16 bits in the logical screen descriptor (GIF89a 18)
    options: ['effort', 'progressive', 'colours', 'dither', 'loop'],
    read: 'always',
    written: true,
  },
  bmp: {
    mediaType: 'image/bmp',
    extension: 'bmp',
    paging: 'none',
    transparency: true,
    deep: false,
    orientation: false,
    sideMax: 2_147_483_647, // 31 bits and a sign
    options: [],
    read: 'always',
    written: 'png',
  },
  heic: {
    mediaType: 'image/heic',
    extension: 'heic',
    paging: 'none', // the primary image; others in the file are its variants and depth maps
    transparency: true,
    deep: false,
    orientation: false, // as with AVIF
    sideMax: 65_535,
    options: [],
    read: 'always',
    written: 'jpeg',
  },
  svg: {
    mediaType: 'image/svg+xml',
    extension: 'svg',
    paging: 'none',
    transparency: true,
    deep: false,
    orientation: false,
    sideMax: 32_767, // what cairo can draw on
    options: [],
    read: 'extra', // a filter in it can burn minutes of a processor
    written: 'png',
  },
  pdf: {
    mediaType: 'application/pdf',
    extension: 'pdf',
    paging: 'pages',
    transparency: false,
    deep: false,
    orientation: false,
    sideMax: 65_535, // that of the JPEG in it
    options: ['quality', 'lossless', 'chromaSubsampling', 'background', 'density'],
    read: 'extra', // a renderer of a whole page language
    written: true,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

export const formatNames: readonly FormatName[] = Object.keys(formats).filter(isFormatName);

/** The formats whose row says so. */
type NamesWhere<Member extends keyof Format, Value> = {
  [Name in FormatName]: (typeof formats)[Name][Member] extends Value ? Name : never;
}[FormatName];

/** What can be written. */
export type WrittenFormat = NamesWhere<'written', true>;

export function isWritten(name: FormatName): name is WrittenFormat {
  return formatOf(name).written === true;
}

export const writtenFormats: readonly WrittenFormat[] = formatNames.filter(isWritten);

/** What is read only where the deployment says so. */
export type ExtraFormat = NamesWhere<'read', 'extra'>;

/** Is it read where these are switched on? */
export function isRead(name: FormatName, extra: readonly ExtraFormat[]): boolean {
  return !isExtra(name) || extra.includes(name);
}

export function mediaTypesRead(extra: readonly ExtraFormat[]): string[] {
  return formatNames.filter((name) => isRead(name, extra)).map((name) => formatOf(name).mediaType);
}

export function isExtra(name: FormatName): name is ExtraFormat {
  return formatOf(name).read === 'extra';
}

export const extraFormats: readonly ExtraFormat[] = formatNames.filter(isExtra);

export function nameOfMediaType(mediaType: string | undefined): FormatName | undefined {
  return formatNames.find((name) => formats[name].mediaType === mediaType);
}

export function formatOfMediaType(mediaType: string): Format | undefined {
  const name = nameOfMediaType(mediaType);
  return name && formatOf(name);
}

/** The row of a format, typed as a row: `formats.jpeg.options` alone would be a tuple of its own. */
export function formatOf(name: FormatName): Format {
  return formats[name];
}

/**
 * Does one format's second picture have a place in another? Frames stay frames and pages stay pages: a scanned document is
 * not an animation, nor the other way round.
 */
export function keepsPages(from: FormatName, to: FormatName): boolean {
  const { paging } = formatOf(to);
  return paging !== 'none' && paging === formatOf(from).paging;
}
