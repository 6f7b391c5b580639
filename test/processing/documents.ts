/** A page of a PDF: its size in points and what is painted on it. */
export interface Sheet {
  width?: number;
  height?: number;
  content?: string;
  /** Further entries of its dictionary. */
  more?: string;
}

/** A PDF, as simple as can be. */
export function pdfOf(sheets: readonly Sheet[], { catalog = '', trailer = '' } = {}): Buffer {
  const kids = sheets.map((_, index) => `${3 + 2 * index} 0 R`);
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Count ${sheets.length} /Kids [${kids.join(' ')}] >>`,
    ...sheets.flatMap(({ width = 144, height = 72, content = '', more = '' }, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${4 + 2 * index} 0 R ${more} >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries}`;
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  );
}

/** The quarters of workbench.ts, on a page of such a size. */
export function quartersOn(width: number, height: number): Sheet {
  const quarter = (colour: string, x: number, y: number): string =>
    `${colour} rg ${x * width} ${y * height} ${width / 2} ${height / 2} re f`;
  const content = [quarter('1 0 0', 0, 0.5), quarter('0 1 0', 0.5, 0.5), quarter('0 0 1', 0, 0)].join(' ');
  return { width, height, content };
}
