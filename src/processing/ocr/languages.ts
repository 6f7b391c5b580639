import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Packages of language data, one a language. Installing another one is all it takes to read that language. */
const scope = '@tesseract.js-data';

/** Languages in one task. Each costs its share of time, and beyond a few they rather mislead than help. */
export const languagesMax = 4;

/** Orientation and script detection comes in the form of a language. */
const notLanguages = ['osd', 'equ'];

/** The folder of each installed package, by its language. */
const folders = new Map(
  (createRequire(import.meta.url).resolve.paths(scope) ?? [])
    .map((folder) => join(folder, scope))
    .filter((folder) => existsSync(folder))
    // The nearest folder decides, as it does for every package.
    .reverse()
    .flatMap((folder) => readdirSync(folder).map((code) => [code, join(folder, code)] as const)),
);

/** Codes of the languages that can be read in this installation. */
export const installedLanguages: readonly string[] = [...folders.keys()]
  .filter((code) => !notLanguages.includes(code) && existsSync(dataFile(code)))
  .sort();

/** The neural network of a language, gzipped: trained at full precision, stored as integers. */
export function dataFile(code: string): string {
  return join(folders.get(code) ?? code, '4.0.0_best_int', `${code}.traineddata.gz`);
}

/** `eng+deu` as its parts, each once. */
export function languagesOf(text: string): string[] {
  return [...new Set(text.split('+'))];
}
