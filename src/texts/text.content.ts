import { type Content, textContent } from '../http/content.js';
import { render } from '../http/render.js';
import { alto } from './alto.js';
import { hocr } from './hocr.js';
import { plainText } from './plain-text.js';
import { type Text } from './text.js';
import { type TextFormat, textFormats } from './text.formats.js';
import { textUri, textView, TextView } from './text.view.js';
import { tsv } from './tsv.js';

/** A text in one of its forms. @param mediaType as the client named it, where it has more than one name */
export function contentOf(
  text: Text,
  format: TextFormat,
  { origin, openPdf, mediaType }: { origin: string; openPdf: Content['open']; mediaType?: string },
): Content {
  const location = `${textUri(text.id, origin)}?format=${format}`;
  const filename = `${text.id}.${extensions[format]}`;
  const { digest, bytes: size, createdAt: lastModified } = text;
  const type = mediaType ?? textFormats[format];
  if (format === 'pdf') return { mediaType: type, size, digest, lastModified, filename, location, open: openPdf };
  // JSON is UTF-8 by its definition (RFC 8259 8.1).
  const withCharset = format === 'json' ? type : `${type}; charset=utf-8`;
  return { ...textContent(written(text, format, origin), withCharset, filename, lastModified), location };
}

const extensions: Record<TextFormat, string> = {
  ...{ json: 'json', xml: 'xml', txt: 'txt', hocr: 'html', alto: 'alto.xml', tsv: 'tsv', pdf: 'pdf' },
};

function written({ recognition, ...text }: Text, format: Exclude<TextFormat, 'pdf'>, origin: string): string {
  switch (format) {
    case 'json':
    case 'xml':
      return render(TextView, textView({ recognition, ...text }, origin), textFormats[format]);
    case 'txt':
      return plainText(recognition);
    case 'hocr':
      return hocr(recognition, text.id);
    case 'alto':
      return alto(recognition, text.createdAt);
    case 'tsv':
      return tsv(recognition);
    default:
      return format satisfies never;
  }
}
