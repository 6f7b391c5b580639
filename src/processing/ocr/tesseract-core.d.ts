// The part of tesseract.js-core that is used here: Tesseract 5 as WebAssembly. It has no types of its own.
declare module 'tesseract.js-core/tesseract-core-relaxedsimd.js' {
  /** tesseract::TessBaseAPI; one has one set of languages. */
  class TessBaseAPI {
    /** @returns 0, or -1 where the data cannot be used */
    Init(folder: null, languages: string, engine: number): number;
    SetVariable(name: string, value: string): boolean;
    /** Reads the file /input. @returns 1 where it is no image */
    SetImageFile(exifOrientation: number, radians: number): number;
    AnalyseLayout(): object;
    /** @returns 0, or -1 */
    Recognize(monitor: null): number;
    GetJSONText(): string;
    DetectOS(results: OSResults): boolean;
    Clear(): void;
    End(): void;
  }

  class OSResults {
    readonly best_result: { readonly orientation_id: number };
  }

  interface TesseractCore {
    readonly TessBaseAPI: typeof TessBaseAPI;
    readonly OSResults: typeof OSResults;
    readonly FS: { writeFile(path: string, data: Uint8Array): void };
    destroy(object: object): void;
  }

  interface CoreOptions {
    /** Percent of a recognition, called in the middle of it. */
    TesseractProgress?: (percent: number) => void;
    print?: (line: string) => void;
    printErr?: (line: string) => void;
  }

  function load(options: CoreOptions): Promise<TesseractCore>;
  export { load as default, type TessBaseAPI, type TesseractCore };
}
