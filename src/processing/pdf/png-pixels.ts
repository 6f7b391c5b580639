/** Where the chunks of a PNG begin: behind its signature (PNG 3rd edition, 5.2). */
const chunksAt = 8;

/** The compressed pixels of a PNG: its IDAT chunks in one. Such a stream is what PDF calls Flate with a predictor of 15. */
export function pixelsOfPng(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = chunksAt; at + 8 <= png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    // Its length, type and check sum.
    at += length + 12;
  }
  return Buffer.concat(parts);
}
