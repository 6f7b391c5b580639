// Norouzi, Punjani, Fleet: Fast Search in Hamming Space with Multi-Index Hashing (2012). Of two hashes that differ in r bits, at
// least one of m bands differs in r / m at most; it is looked up by all values so near. migrations/0012_perceptual_hash.up.sql has the index.

const bandBits = 16;
const bandCount = 4;

/**
 * Bits in which hashes may differ and still be asked for. 11 are two in each of four bands and one more in three: 548 values to
 * look up; three a band would be 2,788. Images that have nothing to do with each other differ in 32, give or take 4.
 */
export const distanceMax = 11;

/** What most call alike: scaled, recoded, a little lighter. */
export const distanceDefault = 8;

/** All that `hash_bands` of a hash within the distance may share with it: one of these is there. */
export function bandsWithin(hash: string, distance: number): number[] {
  const radius = Math.floor(distance / bandCount);
  // Norouzi 3.1: where r = m·radius + a, a + 1 bands are searched with the radius and the others with one less.
  const wider = distance % bandCount;
  return Array.from({ length: bandCount }, (_, band) => {
    const value = Number((BigInt(`0x${hash}`) >> BigInt(band * bandBits)) & 0xffffn);
    return within(value, band <= wider ? radius : radius - 1).map((near) => near | (band << bandBits));
  }).flat();
}

/** All values that differ in so many bits at most; none below 0. */
function within(value: number, radius: number, firstBit = 0): number[] {
  if (radius < 0) return [];
  const found = [value];
  for (let bit = firstBit; bit < bandBits && radius > 0; bit += 1) {
    found.push(...within(value ^ (1 << bit), radius - 1, bit + 1));
  }
  return found;
}
