import { readFile } from 'node:fs/promises';
import { type Libheif } from 'libheif-js/libheif-wasm/libheif-bundle.mjs';
import { invalidImage, truncatedImage } from '../failure.js';
import { type Pixels } from '../native.js';
import { toSrgb } from '../profile.js';
import { type Decoder, type Look } from './decoder.js';
import { withinWasm } from './within-wasm.js';

// HEVC is not in sharp's libheif, for its licence's sake. This is libheif (LGPL) as a module of its own, in WebAssembly: what a
// file does to it stays within its memory.

/** heif.h */
const errorBytes = 12;
const endOfData = 100;
const rgb = 1;
const interleavedRgb = 10;
const interleavedRgba = 11;
const interleaved = 10;

/** The primary image, upright and assembled from its tiles: both are the container's (irot, imir, grid), not EXIF's. */
export const heic: Decoder = {
  async look(path): Promise<Look> {
    return withinWasm('HEIC', async () => lookAt(await openPrimary(path)));
  },

  async decode(path): Promise<Pixels> {
    const [pixels, profile] = await withinWasm('HEIC', async () => {
      const primary = await openPrimary(path);
      return [decodePrimary(primary), profileOf(primary)] as const;
    });
    return profile === undefined ? pixels : toSrgb(pixels, profile);
  },
};

interface Primary {
  readonly heif: Libheif;
  /** Room for an error and for a pointer behind it. */
  readonly error: number;
  readonly handle: number;
}

/** An instance a file: its memory only ever grows, and goes with it. */
async function openPrimary(path: string): Promise<Primary> {
  const bytes = await readFile(path);
  const { default: libheif } = await import('libheif-js/libheif-wasm/libheif-bundle.mjs');
  const heif = libheif();
  const error = heif._malloc(errorBytes + 4);
  const at = heif._malloc(bytes.length);
  heif.HEAPU8.set(bytes, at);
  const context = heif._heif_context_alloc();
  heif._heif_context_read_from_memory(error, context, at, bytes.length, 0);
  assertGood(heif, error);
  heif._heif_context_get_primary_image_handle(error, context, error + errorBytes);
  assertGood(heif, error);
  return { heif, error, handle: word(heif, error + errorBytes) };
}

function lookAt({ heif, handle }: Primary): Look {
  return {
    width: heif._heif_image_handle_get_width(handle),
    height: heif._heif_image_handle_get_height(handle),
    pages: 1,
    transparency: heif._heif_image_handle_has_alpha_channel(handle) !== 0,
    profile: heif._heif_image_handle_get_raw_color_profile_size(handle) > 0,
  };
}

function decodePrimary(primary: Primary): Pixels {
  const { heif, error, handle } = primary;
  const { transparency, width: lookedWidth, height: lookedHeight } = lookAt(primary);
  const channels = transparency ? 4 : 3;
  heif._heif_decode_image(error, handle, error + errorBytes, rgb, transparency ? interleavedRgba : interleavedRgb, 0);
  assertGood(heif, error);
  const image = word(heif, error + errorBytes);
  const width = heif._heif_image_get_width(image, interleaved);
  const height = heif._heif_image_get_height(image, interleaved);
  // The limit was held for the size that the container states.
  if (width !== lookedWidth || height !== lookedHeight) throw invalidImage();
  const plane = heif._heif_image_get_plane_readonly(image, interleaved, error + errorBytes);
  const stride = word(heif, error + errorBytes);
  const data = Buffer.allocUnsafe(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = plane + y * stride;
    data.set(heif.HEAPU8.subarray(row, row + width * channels), y * width * channels);
  }
  return { data, width, height, pages: 1, channels, deep: false };
}

/** The ICC profile, such as the Display P3 of a telephone. */
function profileOf({ heif, error, handle }: Primary): Buffer | undefined {
  const size = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (size === 0) return undefined;
  const at = heif._malloc(size);
  heif._heif_image_handle_get_raw_color_profile(error, handle, at);
  assertGood(heif, error);
  return Buffer.from(heif.HEAPU8.subarray(at, at + size));
}

function assertGood(heif: Libheif, error: number): void {
  if (word(heif, error) !== 0) throw invalidImage(word(heif, error + 4) === endOfData ? truncatedImage : undefined);
}

function word({ HEAPU8 }: Libheif, at: number): number {
  return new DataView(HEAPU8.buffer, HEAPU8.byteOffset).getUint32(at, true);
}
