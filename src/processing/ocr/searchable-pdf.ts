import { PdfDocument } from '../pdf/pdf-document.js';
import { type PdfImage } from '../pdf/pdf-image.js';
import { GlyphlessFonts } from './glyphless-fonts.js';
import { invisibleText } from './invisible-text.js';
import { type Page } from './recognition.js';

/** How large a page is, nobody knows: it is shown as A4, whose longer side has so many points. */
const longerSide = 842;

/** A PDF of page images, with their text in place above them: not seen, but found, marked and copied. */
export class SearchablePdf {
  readonly #document = new PdfDocument();
  readonly #fonts = new GlyphlessFonts();
  /** Shared by all pages: which letters there are is known at the end. */
  readonly #fontsObject = this.#document.objects.reserve();

  add(page: Page, image: PdfImage): void {
    const scale = longerSide / Math.max(page.width, page.height);
    this.#document.add({
      width: page.width * scale,
      height: page.height * scale,
      image,
      above: {
        operators: invisibleText(page, scale, this.#fonts),
        resources: `/Font ${this.#fontsObject} 0 R`,
      },
    });
  }

  /** The file in parts. */
  finish(): Buffer[] {
    const { objects } = this.#document;
    const fonts = this.#fonts.write(objects).map((font, index) => `/F${index} ${font} 0 R`);
    objects.put(this.#fontsObject, `<< ${fonts.join(' ')} >>`);
    return this.#document.finish();
  }
}
