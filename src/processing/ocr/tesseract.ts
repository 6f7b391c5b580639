import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import load, { type TessBaseAPI, type TesseractCore } from 'tesseract.js-core/tesseract-core-relaxedsimd.js';
import { median } from '../median.js';
import { dataFile } from './languages.js';
import { type Layout, segmentations } from './layout.js';
import { type Block, type Turn } from './recognition.js';
import { blocksOf, isRawPage, linesWithin, type RawPage } from './tesseract-json.js';

// Loaded in the recognition thread only.

/** tesseract::OcrEngineMode: orientation is told by the older engine, text by the neural network. */
const engines = { older: 0, network: 1 } as const;

/** tesseract::Orientation, where the top of the page is: up, right, down, left. What brings it up. */
const turns: readonly Turn[] = [0, 270, 180, 90];

/** One Tesseract with its languages. All its calls block until they are done. */
export class Tesseract {
  readonly #core: TesseractCore;
  readonly #reader: TessBaseAPI;
  #compass: TessBaseAPI | undefined;

  private constructor(core: TesseractCore, reader: TessBaseAPI) {
    this.#core = core;
    this.#reader = reader;
  }

  /** Half a second. @param onProgress of a recognition, 0 to 100 */
  static async open(languages: readonly string[], onProgress: (percent: number) => void): Promise<Tesseract> {
    const silent = () => undefined;
    const core = await load({ TesseractProgress: onProgress, print: silent, printErr: silent });
    return new Tesseract(core, engineOf(core, languages, engines.network));
  }

  /**
   * Looks where text is, without reading it.
   * @param image a file in a format that Leptonica knows
   * @returns the median height of its lines in pixels, from top to bottom of their ink; 0 where there is none
   */
  look(image: Uint8Array, layout: Layout): number {
    this.#reader.SetVariable('tessedit_pageseg_mode', String(segmentations[layout]));
    this.#setImage(this.#reader, image);
    this.#reader.AnalyseLayout();
    return median(linesWithin(this.#json()).map(({ bbox }) => bbox.y1 - bbox.y0)) ?? 0;
  }

  /** Reads what was looked at last. The layout is not analysed again. */
  read(): Block[] {
    const failed = this.#reader.Recognize(null) !== 0;
    const blocks = failed ? [] : blocksOf(this.#json());
    this.#reader.Clear();
    return blocks;
  }

  /** How far the page has to be turned; undefined where it has too few letters to tell. */
  orient(image: Uint8Array): Turn | undefined {
    this.#compass ??= engineOf(this.#core, ['osd'], engines.older);
    this.#setImage(this.#compass, image);
    const results = new this.#core.OSResults();
    try {
      if (!this.#compass.DetectOS(results)) return undefined;
      return turns[results.best_result.orientation_id] ?? 0;
    } finally {
      this.#core.destroy(results);
      this.#compass.Clear();
    }
  }

  #setImage(api: TessBaseAPI, image: Uint8Array): void {
    this.#core.FS.writeFile('/input', image);
    if (api.SetImageFile(1, 0) !== 0) throw new Error('Leptonica could not read the page.');
  }

  #json(): RawPage {
    const page: unknown = JSON.parse(this.#reader.GetJSONText());
    if (!isRawPage(page)) throw new TypeError('Tesseract told something else than blocks.');
    return page;
  }
}

function engineOf(core: TesseractCore, languages: readonly string[], engine: number): TessBaseAPI {
  for (const code of languages) {
    core.FS.writeFile(`${code}.traineddata`, gunzipSync(readFileSync(dataFile(code))));
  }
  const api = new core.TessBaseAPI();
  if (api.Init(null, languages.join('+'), engine) !== 0) {
    throw new Error(`Tesseract could not use the data of ${languages.join('+')}.`);
  }
  return api;
}
