import { type Directory, TiffFields } from './tiff-fields.js';

/** What a camera has noted of a picture, as far as people ask for it (EXIF 2.32 4.6). */
export interface Photograph {
  readonly make?: string;
  readonly model?: string;
  readonly lens?: string;
  readonly software?: string;
  readonly description?: string;
  readonly artist?: string;
  readonly copyright?: string;
  /** ISO 8601; with an offset from UTC only where the camera knew one. */
  readonly taken?: string;
  /** 1 to 8. */
  readonly orientation?: number;
  readonly exposureSeconds?: number;
  /** Stops. */
  readonly exposureBias?: number;
  readonly fNumber?: number;
  readonly iso?: number;
  readonly focalLengthMm?: number;
  /** What it would be on film. */
  readonly focalLength35Mm?: number;
  readonly flash?: boolean;
  readonly location?: Location;
}

export interface Location {
  /** Degrees, north positive. */
  readonly latitude: number;
  /** Degrees, east positive. */
  readonly longitude: number;
  /** Metres above the sea. */
  readonly altitude?: number;
}

/** null where the block tells nothing of these. */
export function photographOf(block: Buffer): Photograph | null {
  const tiff = new TiffFields(block);
  const { first } = tiff;
  const exif = tiff.directoryAt(first, 0x8769);
  const flash = tiff.number(exif, 0x9209);
  const fields = {
    make: tiff.text(first, 0x010f),
    model: tiff.text(first, 0x0110),
    lens: tiff.text(exif, 0xa434),
    software: tiff.text(first, 0x0131),
    description: tiff.text(first, 0x010e),
    artist: tiff.text(first, 0x013b),
    copyright: tiff.text(first, 0x8298),
    taken: takenIn(tiff, exif),
    orientation: tiff.number(first, 0x0112),
    exposureSeconds: rounded(tiff.number(exif, 0x829a)),
    exposureBias: rounded(tiff.number(exif, 0x9204)),
    fNumber: rounded(tiff.number(exif, 0x829d)),
    iso: tiff.number(exif, 0x8827),
    focalLengthMm: rounded(tiff.number(exif, 0x920a)),
    focalLength35Mm: tiff.number(exif, 0xa405),
    flash: flash === undefined ? undefined : flash % 2 === 1,
    location: locationIn(tiff, tiff.directoryAt(first, 0x8825)),
  };
  const told = Object.entries(fields).filter(([, value]) => value !== undefined);
  return told.length > 0 ? Object.fromEntries(told) : null;
}

/** "2026:05:01 12:30:00" and "+02:00". */
function takenIn(tiff: TiffFields, exif: Directory): string | undefined {
  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(tiff.text(exif, 0x9003) ?? '');
  if (time === null) return undefined;
  const [, year, month, day, clock] = time;
  const [offset = ''] = /^[+-]\d\d:\d\d$/.exec(tiff.text(exif, 0x9011) ?? '') ?? [];
  return `${year}-${month}-${day}T${clock}${offset}`;
}

function locationIn(tiff: TiffFields, gps: Directory): Location | undefined {
  const latitude = degrees(tiff.numbers(gps, 2), tiff.text(gps, 1) === 'S', 90);
  const longitude = degrees(tiff.numbers(gps, 4), tiff.text(gps, 3) === 'W', 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  const height = tiff.number(gps, 6);
  const below = tiff.number(gps, 5) === 1;
  return {
    latitude,
    longitude,
    ...(height !== undefined && { altitude: Number((below ? -height : height).toFixed(2)) }),
  };
}

/** Degrees, minutes and seconds as decimal degrees: seven places are a centimetre. */
function degrees([whole, minutes = 0, seconds = 0]: number[], negative: boolean, max: number): number | undefined {
  if (whole === undefined) return undefined;
  const value = whole + minutes / 60 + seconds / 3600;
  if (value > max) return undefined;
  return Number((negative ? -value : value).toFixed(7));
}

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Number(value.toPrecision(6));
