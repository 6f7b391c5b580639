import { GlyphlessFonts } from './glyphless-fonts.js';
import { invisibleText } from './invisible-text.js';
import { type PageImage } from './page-image.js';
import { PdfObjects } from './pdf-objects.js';
import { type Page } from './recognition.js';

/** How large a page is, nobody knows: it is shown as A4, whose longer side has so many points (1/72 inch). */
const longerSide = 842;

/** A PDF (ISO 32000-1) of page images, with their text in place above them: not seen, but found, marked and copied. */
export class SearchablePdf {
  readonly #objects = new PdfObjects();
  readonly #fonts = new GlyphlessFonts();
  readonly #catalogue = this.#objects.reserve();
  readonly #tree = this.#objects.reserve();
  /** Shared by all pages: which letters there are is known at the end. */
  readonly #resources = this.#objects.reserve();
  readonly #pages: number[] = [];
  readonly #images: number[] = [];

  add(page: Page, image: PageImage): void {
    const scale = longerSide / Math.max(page.width, page.height);
    const [width, height] = [page.width * scale, page.height * scale].map((points) => points.toFixed(2));
    const picture = `q ${width} 0 0 ${height} 0 0 cm /Im${this.#images.length} Do Q`;
    const content = `${picture}\n${invisibleText(page, scale, this.#fonts)}`;
    this.#images.push(this.#imageObject(image));
    const contents = this.#objects.addStream('', Buffer.from(content, 'latin1'), { deflate: true });
    const parts = `/Resources ${this.#resources} 0 R /Contents ${contents} 0 R`;
    this.#pages.push(
      this.#objects.add(`<< /Type /Page /Parent ${this.#tree} 0 R /MediaBox [0 0 ${width} ${height}] ${parts} >>`),
    );
  }

  finish(): Buffer {
    const fonts = this.#fonts.write(this.#objects).map((font, index) => `/F${index} ${font} 0 R`);
    const images = this.#images.map((image, index) => `/Im${index} ${image} 0 R`);
    const kids = this.#pages.map((page) => `${page} 0 R`).join(' ');
    this.#objects.put(this.#resources, `<< /Font << ${fonts.join(' ')} >> /XObject << ${images.join(' ')} >> >>`);
    this.#objects.put(this.#tree, `<< /Type /Pages /Count ${this.#pages.length} /Kids [${kids}] >>`);
    this.#objects.put(this.#catalogue, `<< /Type /Catalog /Pages ${this.#tree} 0 R >>`);
    return this.#objects.finish(this.#catalogue);
  }

  #imageObject({ data, width, height, filter, colours, bits }: PageImage): number {
    const size = `/Width ${width} /Height ${height} /ColorSpace /${colours} /BitsPerComponent ${bits}`;
    return this.#objects.addStream(`/Type /XObject /Subtype /Image ${size} /Filter /${filter} `, data);
  }
}
