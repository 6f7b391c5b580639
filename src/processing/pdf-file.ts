/** A page that is one image, and as large as it. */
export interface PdfPage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly colours: 'grey' | 'rgb';
  /** Pixels an inch. */
  readonly density: number;
  /** How it is to be shown, degrees clockwise. */
  readonly turn: 0 | 90 | 180 | 270;
  /** A JPEG file, or compressed rows of 8 bits a channel, each with a filter of PNG. */
  readonly filter: 'jpeg' | 'flate';
  readonly data: Buffer;
}

const pointsPerInch = 72;
/** 200 inches: readers take no larger page (ISO 32000-1 Annex C.2). A larger image is laid out denser. */
const pointsMax = 14_400;

// ISO 32000-1: 7.5 what a file is, 7.7.3 pages, 8.9 images. The same pages always give the same bytes: no date, no id.

/** A file in parts: what the images take is not copied. */
export function pdfOf(pages: readonly PdfPage[]): Buffer[] {
  const first = 3;
  const kids = pages.map((_, index) => `${first + 3 * index} 0 R`);
  const objects: Buffer[][] = [
    [Buffer.from('<< /Type /Catalog /Pages 2 0 R >>')],
    [Buffer.from(`<< /Type /Pages /Count ${pages.length} /Kids [${kids.join(' ')}] >>`)],
    ...pages.flatMap((page, index) => objectsOf(page, first + 3 * index)),
  ];
  // The comment of bytes above 127 tells programs that move files that it is binary (7.5.2).
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const places: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    places.push(length);
    for (const part of [Buffer.from(`${index + 1} 0 obj\n`), ...object, Buffer.from('\nendobj\n')]) {
      parts.push(part);
      length += part.length;
    }
  }
  return [...parts, Buffer.from(tableOf(places, length))];
}

/** The page, what it shows, and the image. */
function objectsOf(page: PdfPage, number: number): Buffer[][] {
  const { width, height, turn } = page;
  const scale = Math.min(pointsPerInch / page.density, pointsMax / width, pointsMax / height);
  const [across, down] = [points(width * scale), points(height * scale)];
  const box = `/MediaBox [0 0 ${across} ${down}]${turn === 0 ? '' : ` /Rotate ${turn}`}`;
  const resources = `/Resources << /XObject << /Image ${number + 2} 0 R >> >>`;
  return [
    [Buffer.from(`<< /Type /Page /Parent 2 0 R ${box} ${resources} /Contents ${number + 1} 0 R >>`)],
    // An image is a unit square, which is stretched over the page.
    stream('', Buffer.from(`q ${across} 0 0 ${down} 0 0 cm /Image Do Q`)),
    stream(imageEntries(page), page.data),
  ];
}

function imageEntries({ width, height, colours, filter }: PdfPage): string {
  const space = colours === 'grey' ? '/DeviceGray' : '/DeviceRGB';
  const image = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent 8`;
  if (filter === 'jpeg') return `${image} /Filter /DCTDecode`;
  const channels = colours === 'grey' ? 1 : 3;
  const rows = `/Predictor 15 /Colors ${channels} /BitsPerComponent 8 /Columns ${width}`;
  return `${image} /Filter /FlateDecode /DecodeParms << ${rows} >>`;
}

function stream(entries: string, data: Buffer): Buffer[] {
  const head = `<< ${entries} /Length ${data.length} >>\nstream\n`;
  return [Buffer.from(head), data, Buffer.from('\nendstream')];
}

/** Where each object is, and the end of the file: entries of exactly 20 bytes (7.5.4). */
function tableOf(places: readonly number[], at: number): string {
  const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`);
  const size = places.length + 1;
  return `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
}

/** A number without an exponent, which PDF does not know. */
function points(length: number): string {
  return Math.max(0.01, length).toFixed(2);
}
