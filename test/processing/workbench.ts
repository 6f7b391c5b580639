import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type ProcessedImage } from '../../src/processing/pipeline.js';
import { type OperationCall } from '../../src/processing/operation.js';
import { Processing, type ProcessingOptions } from '../../src/processing/processing.js';

/** A Processing of its own and a folder for its files; `close` takes both away. */
export class Workbench {
  private constructor(
    readonly folder: string,
    readonly processing: Processing,
  ) {}

  static async open(options: ProcessingOptions = { size: 1 }): Promise<Workbench> {
    return new Workbench(await mkdtemp(join(tmpdir(), 'darkroom-processing-')), new Processing(options));
  }

  /** A path in the folder. */
  at(name: string): string {
    return join(this.folder, name);
  }

  async file(content: Buffer | string | Sharp): Promise<string> {
    const path = this.at(randomUUID());
    await writeFile(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : await content.toBuffer());
    return path;
  }

  /** Processes and expects success. */
  async make(
    input: string,
    operations: OperationCall[],
    inputs: Record<string, string> = {},
  ): Promise<ProcessedImage & { output: string }> {
    const output = this.at(randomUUID());
    const result = await this.processing.process({ input, output, operations, inputs });
    if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
    if (!result.header) throw new Error('The outcome is no image.');
    return { ...result, output };
  }

  async close(): Promise<void> {
    await this.processing.close();
    await rm(this.folder, { recursive: true });
  }
}

/** Four unequal quarters, so that every way of turning or mirroring shows: red, green / blue, white. */
export function quarters(width = 120, height = 80, channels: 3 | 4 = 3): Sharp {
  const quarter = (background: string) => ({
    create: { width: width / 2, height: height / 2, channels: 3 as const, background },
  });
  const image = sharp({ create: { width, height, channels, background: 'white' } })
    .composite([
      { input: quarter('red'), left: 0, top: 0 },
      { input: quarter('lime'), left: width / 2, top: 0 },
      { input: quarter('blue'), left: 0, top: height / 2 },
    ])
    .png();
  return channels === 3 ? image.removeAlpha() : image; // composite() adds one
}

/** Frames of red, green and blue with a white corner at the top left. */
export async function animation(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = await Promise.all(
    ['red', 'lime', 'blue'].map((background) =>
      sharp({ create: { width: 60, height: 40, channels: 3, background } })
        .composite([
          { input: { create: { width: 30, height: 20, channels: 3, background: 'white' } }, left: 0, top: 0 },
        ])
        .png()
        .toBuffer(),
    ),
  );
  const image = sharp(frames, { join: { animated: true } });
  return image[format]({ delay: [100, 200, 300], loop: 2 }).toBuffer();
}

/** Noise, which takes its time to encode. */
export function noise(width: number, height: number): Sharp {
  return sharp({
    create: { width, height, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  });
}
