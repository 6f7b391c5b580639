/** How often each value of a byte occurs. */
export function histogramOf(values: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The least value that a share (0 to 1) of all does not exceed; 0 of none. */
export function quantileOf(counts: Uint32Array, share: number): number {
  const sought = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [value, count] of counts.entries()) {
    below += count;
    if (below > 0 && below >= sought) return value;
  }
  return 0;
}
