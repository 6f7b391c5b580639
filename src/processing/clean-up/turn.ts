import { type Pixels } from '../native.js';
import { type Size } from '../operation.js';
import { type Box } from './box.js';

/**
 * A page turned about its middle, bicubic: R. Keys, "Cubic convolution interpolation for digital image processing" (1981).
 * @param angle degrees, clockwise
 * @param box that is kept; it may reach beyond the page
 * @param paper the colour of what lies beyond the page
 */
export function turned(
  page: Pixels,
  angle: number,
  { left, top, right, bottom }: Box,
  paper: readonly number[],
): Pixels {
  const { width, height, channels } = page;
  const [across, down] = [right - left, bottom - top];
  const data = Buffer.alloc(across * down * channels);
  const [sine, cosine] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const [middleX, middleY] = middleOf(page);
  const sample = sampler(page, paper);
  for (let y = 0, to = 0; y < down; y += 1) {
    const fromMiddle = y + top - middleY;
    for (let x = 0; x < across; x += 1, to += channels) {
      const aside = x + left - middleX;
      const fromX = middleX + aside * cosine + fromMiddle * sine;
      const fromY = middleY - aside * sine + fromMiddle * cosine;
      if (fromX <= -1 || fromY <= -1 || fromX >= width || fromY >= height) paint(data, to, paper);
      else sample(data, to, fromX, fromY);
    }
  }
  return { ...page, data, width: across, height: down };
}

/** Where a point of the page comes to lie. */
export function turnedPoint(size: Size, angle: number, x: number, y: number): readonly [number, number] {
  const [sine, cosine] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const [middleX, middleY] = middleOf(size);
  return [
    middleX + (x - middleX) * cosine - (y - middleY) * sine,
    middleY + (x - middleX) * sine + (y - middleY) * cosine,
  ];
}

function middleOf({ width, height }: Size): readonly [number, number] {
  return [(width - 1) / 2, (height - 1) / 2];
}

function paint(data: Buffer, at: number, colour: readonly number[]): void {
  for (let channel = 0; channel < colour.length; channel += 1) data[at + channel] = colour[channel] ?? 0;
}

/** Steps between two pixels for which weights are worked out beforehand: finer than 8 bits can show. */
const fineness = 256;

const weights = Array.from({ length: fineness }, (_, index) => {
  const t = index / fineness;
  return [
    0.5 * (-t + 2 * t ** 2 - t ** 3),
    0.5 * (2 - 5 * t ** 2 + 3 * t ** 3),
    0.5 * (t + 4 * t ** 2 - 3 * t ** 3),
    0.5 * (t ** 3 - t ** 2),
  ];
}).flat();

const kernel = Float64Array.from(weights);

function sampler(page: Pixels, paper: readonly number[]) {
  const { data, width, height, channels } = page;
  const beyond = atEdges(page, paper);
  return (target: Buffer, to: number, x: number, y: number): void => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const across = Math.floor((x - column) * fineness) * 4;
    const down = Math.floor((y - row) * fineness) * 4;
    const inside = column >= 1 && row >= 1 && column + 2 < width && row + 2 < height;
    for (let channel = 0; channel < channels; channel += 1) {
      let sum = 0;
      for (let j = 0; j < 4; j += 1) {
        const from = ((row + j - 1) * width + column - 1) * channels + channel;
        const line = inside
          ? weighed(data, from, channels, across)
          : weighed(beyond(column - 1, row + j - 1, channel), 0, 1, across);
        sum += (kernel[down + j] ?? 0) * line;
      }
      target[to + channel] = sum < 0 ? 0 : sum > 255 ? 255 : sum + 0.5;
    }
  };
}

/** Four pixels of a row. */
function weighed(data: Buffer, from: number, channels: number, across: number): number {
  return (
    (kernel[across] ?? 0) * (data[from] ?? 0) +
    (kernel[across + 1] ?? 0) * (data[from + channels] ?? 0) +
    (kernel[across + 2] ?? 0) * (data[from + 2 * channels] ?? 0) +
    (kernel[across + 3] ?? 0) * (data[from + 3 * channels] ?? 0)
  );
}

/** The same four where some lie beyond the page, which goes on there as paper. */
function atEdges({ data, width, height, channels }: Pixels, paper: readonly number[]) {
  const four = Buffer.alloc(4);
  return (column: number, row: number, channel: number): Buffer => {
    for (let i = 0; i < 4; i += 1) {
      const known = row >= 0 && row < height && column + i >= 0 && column + i < width;
      four[i] = (known ? data[(row * width + column + i) * channels + channel] : paper[channel]) ?? 0;
    }
    return four;
  };
}
