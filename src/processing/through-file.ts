import { type FileHandle, open, rm } from 'node:fs/promises';
import { endianness } from 'node:os';
import { type OutputInfo, type Sharp } from 'sharp';

/** Where the pixels of a job lie between two stages while it makes this output. */
export function scratchOf(output: string): string {
  return `${output}.v`; // by which sharp knows the format
}

/** Of libvips's own format, behind which the pixels lie as they are in memory (its vips.c). */
const headerBytes = 64;

/**
 * Runs a pipeline and gives its pixels, by way of a file. In memory there would be, all at once, the pixels that go in, what libvips
 * holds of them, and what comes out: of 100 megapixels of 16 bits that is gigabytes.
 * @param path of a file that is not there, and will not be
 * @param done is called when the pipeline has run, before its pixels are read: what went in can be let go
 */
export async function throughFile(
  image: Sharp,
  path: string,
  done: () => void,
): Promise<{ data: Buffer; info: OutputInfo }> {
  try {
    const info = await image.toFile(path);
    done();
    return { data: await pixelsIn(path, info), info };
  } finally {
    await rm(path, { force: true });
  }
}

/** What `BandFmt` says of a sample, and its bytes. */
const bytesOfSample: Readonly<Record<number, number>> = { 0: 1, 2: 2 };

async function pixelsIn(path: string, { width, height, channels }: OutputInfo): Promise<Buffer> {
  await using file = await open(path);
  const header = Buffer.alloc(headerBytes);
  await readInto(header, file, 0);
  const bytes = bytesOfSample[endianness() === 'LE' ? header.readInt32LE(20) : header.readInt32BE(20)];
  if (bytes === undefined) throw new TypeError('Pixels between two stages are neither of 8 nor of 16 bits.');
  // Of its own, and no slice of a pool: it is let go as a whole.
  const data = Buffer.allocUnsafeSlow(width * height * channels * bytes);
  await readInto(data, file, headerBytes);
  return data;
}

async function readInto(buffer: Buffer, file: FileHandle, from: number): Promise<void> {
  for (let at = 0; at < buffer.length;) {
    // Node reads at most 2 GiB at once, and less is allowed.
    const { bytesRead } = await file.read(buffer, at, buffer.length - at, from + at);
    if (bytesRead === 0) throw new TypeError('Pixels between two stages are fewer than their header says.');
    at += bytesRead;
  }
}
