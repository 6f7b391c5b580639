import { type PdfObjects } from './pdf-objects.js';

/** A picture in a form in which a PDF holds it (ISO 32000-1 8.9). */
export interface PdfImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly colours: 'grey' | 'rgb';
  /** Of a channel; rows begin at whole bytes. */
  readonly bits: 1 | 8;
  /** A JPEG file, or compressed rows: as they are, or each with a filter of PNG. */
  readonly coding: 'jpeg' | 'flate' | 'flate-png';
  readonly data: Buffer;
}

/** @returns its number */
export function addImage(objects: PdfObjects, image: PdfImage): number {
  const { width, height, colours, bits, data } = image;
  const space = colours === 'grey' ? '/DeviceGray' : '/DeviceRGB';
  const size = `/Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent ${bits}`;
  return objects.addStream(`/Type /XObject /Subtype /Image ${size} ${filterOf(image)}`, data);
}

function filterOf({ coding, colours, bits, width }: PdfImage): string {
  switch (coding) {
    case 'jpeg':
      return '/Filter /DCTDecode';
    case 'flate':
      return '/Filter /FlateDecode';
    case 'flate-png': {
      const channels = colours === 'grey' ? 1 : 3;
      const rows = `/Predictor 15 /Colors ${channels} /BitsPerComponent ${bits} /Columns ${width}`;
      return `/Filter /FlateDecode /DecodeParms << ${rows} >>`;
    }
    default:
      return coding satisfies never;
  }
}
