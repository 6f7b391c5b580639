/** Side of a block, in pixels. */
export const side = 8;

const root = Math.sqrt(1 / side);
const [c1, c2, c3, c5, c6, c7] = [cosine(1), cosine(2), cosine(3), cosine(5), cosine(6), cosine(7)];

function cosine(k: number): number {
  return Math.cos((k * Math.PI) / (2 * side)) / 2;
}

/**
 * The orthonormal two-dimensional DCT of a block, in place: N. Ahmed, T. Natarajan and K. R. Rao, "Discrete cosine transform" (1974),
 * by the symmetry of its even and odd rows. Noise of one deviation is noise of the same in every coefficient.
 */
export function toFrequencies(block: Float32Array): void {
  for (let row = 0; row < side; row += 1) analyse(block, row * side, 1);
  for (let column = 0; column < side; column += 1) analyse(block, column, side);
}

/** And back. */
export function toPixels(block: Float32Array): void {
  for (let column = 0; column < side; column += 1) synthesise(block, column, side);
  for (let row = 0; row < side; row += 1) synthesise(block, row * side, 1);
}

function analyse(b: Float32Array, at: number, step: number): void {
  const half = at + 4 * step;
  const end = at + 7 * step;
  const x0 = b[at] ?? 0;
  const x1 = b[at + step] ?? 0;
  const x2 = b[at + 2 * step] ?? 0;
  const x3 = b[half - step] ?? 0;
  const x4 = b[half] ?? 0;
  const x5 = b[half + step] ?? 0;
  const x6 = b[end - step] ?? 0;
  const x7 = b[end] ?? 0;
  fold(b, at, 2 * step, x0 + x7, x1 + x6, x2 + x5, x3 + x4);
  turn(b, at + step, 2 * step, x0 - x7, x1 - x6, x2 - x5, x3 - x4);
}

/** To the even frequencies, from the sums of values that mirror each other. */
function fold(b: Float32Array, at: number, step: number, s0: number, s1: number, s2: number, s3: number): void {
  b[at] = (s0 + s3 + s1 + s2) * root;
  b[at + step] = c2 * (s0 - s3) + c6 * (s1 - s2);
  b[at + 2 * step] = (s0 + s3 - s1 - s2) * root;
  b[at + 3 * step] = c6 * (s0 - s3) - c2 * (s1 - s2);
}

/** To the odd ones, from the differences. */
function turn(b: Float32Array, at: number, step: number, d0: number, d1: number, d2: number, d3: number): void {
  b[at] = c1 * d0 + c3 * d1 + c5 * d2 + c7 * d3;
  b[at + step] = c3 * d0 - c7 * d1 - c1 * d2 - c5 * d3;
  b[at + 2 * step] = c5 * d0 - c1 * d1 + c7 * d2 + c3 * d3;
  b[at + 3 * step] = c7 * d0 - c5 * d1 + c3 * d2 - c1 * d3;
}

function synthesise(b: Float32Array, at: number, step: number): void {
  const half = at + 4 * step;
  const end = at + 7 * step;
  const y2 = b[at + 2 * step] ?? 0;
  const y6 = b[end - step] ?? 0;
  const e0 = ((b[at] ?? 0) + (b[half] ?? 0)) * root;
  const e1 = ((b[at] ?? 0) - (b[half] ?? 0)) * root;
  const f0 = c2 * y2 + c6 * y6;
  const f1 = c6 * y2 - c2 * y6;
  const y1 = b[at + step] ?? 0;
  const y3 = b[half - step] ?? 0;
  const y5 = b[half + step] ?? 0;
  const y7 = b[end] ?? 0;
  mirror(b, at, end, e0 + f0, c1 * y1 + c3 * y3 + c5 * y5 + c7 * y7);
  mirror(b, at + step, end - step, e1 + f1, c3 * y1 - c7 * y3 - c1 * y5 - c5 * y7);
  mirror(b, at + 2 * step, half + step, e1 - f1, c5 * y1 - c1 * y3 + c7 * y5 + c3 * y7);
  mirror(b, half - step, half, e0 - f0, c7 * y1 - c5 * y3 + c3 * y5 - c1 * y7);
}

/** Two values that mirror each other, from half their sum and half their difference. */
function mirror(b: Float32Array, one: number, other: number, sum: number, difference: number): void {
  b[one] = sum + difference;
  b[other] = sum - difference;
}
