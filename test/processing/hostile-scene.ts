import { readFileSync } from 'node:fs';
import { type FormatName } from '../../src/processing/formats.js';
import { type Limits } from '../../src/processing/limits.js';
import { type OperationCall } from '../../src/processing/operation.js';
import { type ProcessingResult } from '../../src/processing/processing.js';
import { bitmap } from './bitmaps.js';
import { ChildMemory } from './child-memory.js';
import { pdfOf, quartersOn } from './documents.js';
import { noise, Workbench } from './workbench.js';

export const toPng = { operation: 'convert', format: 'png' };

/** One child that is sent what is to do harm, and the memory that it takes. */
export class HostileScene {
  readonly memory: ChildMemory;

  private constructor(readonly bench: Workbench) {
    this.memory = new ChildMemory(bench.processing);
  }

  static async open(limits: Partial<Limits>): Promise<HostileScene> {
    return new HostileScene(await Workbench.open({ size: 1, limits }));
  }

  /** Where `fate` writes. */
  get output(): string {
    return this.bench.at('fate');
  }

  async fate(
    content: Buffer | string,
    operations: OperationCall[] = [{ operation: 'flip' }, toPng],
  ): Promise<ProcessingResult> {
    return this.bench.processing.process({ input: await this.bench.file(content), output: this.output, operations });
  }

  async close(): Promise<void> {
    this.memory.stop();
    await this.bench.close();
  }
}

export const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
export const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle r="40" fill="red"/></svg>';

/** A good file of each format, of some kilobytes where that can be. */
export const whole: Record<FormatName, () => Promise<Buffer>> = {
  jpeg: () => noise(120, 90).jpeg().toBuffer(),
  png: () => noise(120, 90).png().toBuffer(),
  webp: () => noise(120, 90).webp().toBuffer(),
  avif: () => noise(120, 90).avif().toBuffer(),
  tiff: () => noise(120, 90).tiff({ compression: 'lzw' }).toBuffer(),
  gif: () => noise(120, 90).gif().toBuffer(),
  bmp: () => Promise.resolve(bitmap({ width: 120, height: 90, bits: 24, data: Buffer.alloc(120 * 90 * 3, 99) })),
  heic: () => Promise.resolve(fixture('tiles.heic')),
  svg: () => Promise.resolve(Buffer.from(drawing)),
  pdf: () => Promise.resolve(pdfOf(Array.from({ length: 9 }, () => quartersOn(90, 90)))),
};
