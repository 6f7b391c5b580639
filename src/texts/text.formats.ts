/**
 * Every representation by its short name, as `?format=` has it, and its media type, as Accept has it. hOCR has none of its own:
 * it is HTML, and a browser shows it; who wants to say hOCR and nothing else may use the name that libraries use. That of ALTO
 * is not registered either, but the one in use.
 */
export const textFormats = {
  json: 'application/json',
  xml: 'application/xml',
  txt: 'text/plain',
  hocr: 'text/html',
  alto: 'application/alto+xml',
  tsv: 'text/tab-separated-values',
  pdf: 'application/pdf',
} as const;

export type TextFormat = keyof typeof textFormats;

export const textFormatNames: readonly TextFormat[] = ['json', 'xml', 'txt', 'hocr', 'alto', 'tsv', 'pdf'];

const hocrAlias = 'text/vnd.hocr+html';

/** All but JSON and XML, which every resource has. */
export const textMediaTypes: readonly string[] = textFormatNames
  .filter((name) => name !== 'json' && name !== 'xml')
  .flatMap((name) => (name === 'hocr' ? [textFormats.hocr, hocrAlias] : [textFormats[name]]));

/** @param mediaType one of those above */
export function formatOfType(mediaType: string): TextFormat {
  if (mediaType === hocrAlias) return 'hocr';
  return textFormatNames.find((name) => textFormats[name] === mediaType) ?? 'json';
}
