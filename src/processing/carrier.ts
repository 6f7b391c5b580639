import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { withoutPrefix } from './tiff-fields.js';

/** What a file tells beside its pixels. */
export interface Told {
  /** An EXIF block, with or without "Exif\0\0" in front. */
  readonly exif?: Buffer | undefined;
  /** An XMP packet. */
  readonly xmp?: Buffer | undefined;
}

/** Signature and IHDR, behind which the other chunks may stand (PNG 3rd edition 5.6). */
const headBytes = 33;

/**
 * A picture of one pixel that tells this: sharp takes EXIF as a whole from nothing but a file, which here is a PNG in memory.
 */
export async function carrierOf({ exif, xmp }: Told): Promise<Sharp> {
  const pixel = await sharp({ create: { width: 1, height: 1, channels: 4, background: 'white' } })
    .png()
    .toBuffer();
  const chunks = [
    ...(exif ? [chunk('eXIf', withoutPrefix(exif))] : []),
    // Not compressed, no language (PNG 3rd edition 11.3.3.4); the keyword is XMP's (XMP part 3, 1.1.5).
    ...(xmp ? [chunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), xmp]))] : []),
  ];
  return sharp(Buffer.concat([pixel.subarray(0, headBytes), ...chunks, pixel.subarray(headBytes)]));
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
