import { readFile } from 'node:fs/promises';
import { type PDFiumModule } from '@hyzyla/pdfium';
import { invalidImage, ProcessingFailure } from '../failure.js';
import { type Pixels } from '../native.js';
import { type Size } from '../operation.js';
import { pointsPerInch } from '../pdf/pdf-document.js';
import { type Decoder, type Look, type Reading } from './decoder.js';
import { withinWasm } from './within-wasm.js';

// PDFium in WebAssembly, without JavaScript, fonts of the system, files or a network: a page can neither run nor fetch anything.

type Pdfium = Awaited<ReturnType<typeof PDFiumModule>>;

/** Pixels an inch, unless asked for otherwise: what small print wants to be legible, and OCR to read it. */
const usualDensity = 200;

/** fpdfview.h */
const passwordWanted = 4;
const bgrx = 3;
const flags = 0x01 /* annotations too */ | 0x10 /* red first */ | 0x200; /* no large cache of images */
const white = 0xffffffff;

/** Pages take the size of the first that is read: larger ones are scaled to fit, and what is left is white. */
export const pdf: Decoder = {
  look(path, reading) {
    return withinWasm('PDF', async () => lookAt(await openDocument(path), reading));
  },

  decode(path, which, reading) {
    return withinWasm('PDF', async () => render(await openDocument(path), which, reading));
  },
};

function lookAt(document: Document, { page, density = usualDensity }: Reading): Look {
  // Of a page that is not there the caller tells.
  const size = sizeOf(document, Math.min(page, document.pages - 1), density);
  return { ...size, pages: document.pages, transparency: false, profile: false, density };
}

function render(document: Document, which: 'first' | 'all', { page, density = usualDensity }: Reading): Pixels {
  const sheet = sizeOf(document, page, density);
  const pages = which === 'first' ? [page] : Array.from({ length: document.pages }, (_, index) => index);
  const bytes = sheet.width * sheet.height * 3;
  const data = Buffer.alloc(bytes * pages.length);
  for (const [place, index] of pages.entries()) {
    const into = data.subarray(place * bytes, (place + 1) * bytes);
    const size = sizeOf(document, index, density);
    withPage(document, index, (pointer) => paint(document.pdfium, pointer, { sheet, size, into }));
  }
  return { data, ...sheet, pages: pages.length, channels: 3, deep: false };
}

interface Document {
  readonly pdfium: Pdfium;
  readonly pointer: number;
  readonly pages: number;
}

/** An instance a file, as with HEIC. */
async function openDocument(path: string): Promise<Document> {
  const bytes = await readFile(path);
  const { PDFiumModule: load } = await import('@hyzyla/pdfium');
  const pdfium = await load({});
  pdfium._FPDF_InitLibraryWithConfig({});
  const at = pdfium.wasmExports.malloc(bytes.length + 1);
  pdfium.HEAPU8.set(bytes, at);
  const noPassword = at + bytes.length;
  pdfium.HEAPU8[noPassword] = 0;
  const pointer = pdfium._FPDF_LoadMemDocument(at, bytes.length, noPassword);
  if (pointer === 0) throw unreadable(pdfium._FPDF_GetLastError());
  const pages = pdfium._FPDF_GetPageCount(pointer);
  if (pages < 1) throw unreadable();
  return { pdfium, pointer, pages };
}

function unreadable(error?: number): ProcessingFailure {
  return invalidImage(error === passwordWanted ? 'The PDF is encrypted: it wants a password.' : undefined);
}

/** In the module, though not in its types. */
interface Measuring {
  /** Without reading what is on the page, which may take its time. @param into two floats */
  _FPDF_GetPageSizeByIndexF(document: number, index: number, into: number): number;
}

function isMeasuring(pdfium: Pdfium): pdfium is Pdfium & Measuring {
  return '_FPDF_GetPageSizeByIndexF' in pdfium;
}

/** Of a page in pixels, upright. */
function sizeOf({ pdfium, pointer: document }: Document, index: number, density: number): Size {
  if (!isMeasuring(pdfium)) throw new TypeError('This PDFium does not measure pages.');
  const at = pdfium.wasmExports.malloc(8);
  const found = pdfium._FPDF_GetPageSizeByIndexF(document, index, at) !== 0;
  const [width = 0, height = 0] = new Float32Array(pdfium.HEAPU8.buffer, at, 2);
  pdfium.wasmExports.free(at);
  if (!found) throw unreadablePage(index);
  const pixels = (points: number): number => Math.max(1, Math.round((points * density) / pointsPerInch));
  return { width: pixels(width), height: pixels(height) };
}

function withPage({ pdfium, pointer: document }: Document, index: number, use: (pointer: number) => void): void {
  const pointer = pdfium._FPDF_LoadPage(document, index);
  if (pointer === 0) throw unreadablePage(index);
  try {
    use(pointer);
  } finally {
    pdfium._FPDF_ClosePage(pointer);
  }
}

function unreadablePage(index: number): ProcessingFailure {
  return invalidImage(`Page ${index + 1} of the PDF cannot be read.`);
}

interface Painting {
  readonly sheet: Size;
  /** What the page has by itself. */
  readonly size: Size;
  /** Three bytes a pixel of the sheet. */
  readonly into: Uint8Array;
}

function paint(pdfium: Pdfium, pointer: number, { sheet: { width, height }, size, into }: Painting): void {
  const scale = Math.min(1, width / size.width, height / size.height);
  const across = Math.max(1, Math.round(size.width * scale));
  const down = Math.max(1, Math.round(size.height * scale));
  const at = pdfium.wasmExports.malloc(width * height * 4);
  if (at === 0) throw new ProcessingFailure('too-large', 'A page of the PDF does not fit into memory.');
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, bgrx, at, width * 4);
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
  const [left, top] = [Math.floor((width - across) / 2), Math.floor((height - down) / 2)];
  pdfium._FPDF_RenderPageBitmap(bitmap, pointer, left, top, across, down, 0, flags);
  const painted = pdfium.HEAPU8.subarray(at, at + width * height * 4);
  for (let from = 0, to = 0; to < into.length; from += 4, to += 3) {
    into[to] = painted[from] ?? 0;
    into[to + 1] = painted[from + 1] ?? 0;
    into[to + 2] = painted[from + 2] ?? 0;
  }
  pdfium._FPDFBitmap_Destroy(bitmap);
  pdfium.wasmExports.free(at);
}
