import { addImage, type PdfImage } from './pdf-image.js';
import { pdfNumber, PdfObjects } from './pdf-objects.js';

/** A page that is one image, and as large as it. */
export interface PdfPage {
  /** Points. */
  readonly width: number;
  readonly height: number;
  /** How it is to be shown, degrees clockwise. */
  readonly turn?: 0 | 90 | 180 | 270;
  readonly image: PdfImage;
  /** Operators that are done after the image is painted, and the resources that they name. */
  readonly above?: { readonly operators: string; readonly resources: string };
}

/** A point is so much of an inch (ISO 32000-1 8.3.2.3). */
export const pointsPerInch = 72;

/** A PDF (ISO 32000-1 7.7) of pages that are images each, page by page. */
export class PdfDocument {
  readonly objects = new PdfObjects();
  readonly #catalogue = this.objects.reserve();
  readonly #tree = this.objects.reserve();
  readonly #pages: number[] = [];

  add({ width, height, turn = 0, image, above = { operators: '', resources: '' } }: PdfPage): void {
    const [across, down] = [pdfNumber(width), pdfNumber(height)];
    // An image is a unit square, which is stretched over the page.
    const contents = this.objects.addText(`q ${across} 0 0 ${down} 0 0 cm /Image Do Q\n${above.operators}`);
    const resources = `<< /XObject << /Image ${addImage(this.objects, image)} 0 R >> ${above.resources} >>`;
    const box = `/MediaBox [0 0 ${across} ${down}]${turn === 0 ? '' : ` /Rotate ${turn}`}`;
    const parts = `${box} /Resources ${resources} /Contents ${contents} 0 R`;
    this.#pages.push(this.objects.add(`<< /Type /Page /Parent ${this.#tree} 0 R ${parts} >>`));
  }

  /** The file in parts: what the images take is not copied. */
  finish(): Buffer[] {
    const kids = this.#pages.map((page) => `${page} 0 R`).join(' ');
    this.objects.put(this.#tree, `<< /Type /Pages /Count ${this.#pages.length} /Kids [${kids}] >>`);
    this.objects.put(this.#catalogue, `<< /Type /Catalog /Pages ${this.#tree} 0 R >>`);
    return this.objects.finish(this.#catalogue);
  }
}
