/** What images are asked for: those of which all that is said here is true. Nothing said, all of them. */
export interface ImageQuery {
  ids?: readonly string[];
  /** SHA-256 of the bytes, hexadecimal. */
  digests?: readonly string[];
  /** A pattern (pattern.ts). */
  name?: string;
  /** By the label's name, a pattern of its value. */
  labels?: Readonly<Record<string, string>>;
  mediaTypes?: readonly string[];
  bytes?: Range;
  width?: Range;
  height?: Range;
  created?: TimeRange;
  modified?: TimeRange;
  /** Of a perceptual hash, the bits that may differ. */
  similarTo?: { readonly hash: string; readonly distance: number };
  /** Words that were read from the image: `"a phrase"`, `either or other`, `-without`. */
  text?: string;
}

/** Both ends belong to it. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** RFC 3339 in UTC; neither end belongs to it. */
export interface TimeRange {
  readonly after?: string;
  readonly before?: string;
}

/** A query that was asked, and can be asked again. */
export interface StoredQuery {
  /** UUIDv7. */
  id: string;
  owner: string;
  query: ImageQuery;
  createdAt: Date;
  expiresAt: Date;
}

/** Ids, and digests: what a page of a catalogue or a nightly comparison asks at once. More would not fit the body anyway. */
export const listMax = 10_000;

/** Media types: there are fewer than that. */
export const mediaTypesMax = 50;

/** Labels: each is a condition of its own. */
export const labelsMax = 20;

/** Characters of a pattern: names have 200 at most, values of labels 256. */
export const patternCharactersMax = 256;

/** Characters of what is asked of texts: a long sentence. */
export const wordsCharactersMax = 1_000;

/** Images a page of what was found: ten pages for all that can be asked by id, half a megabyte each. */
export const foundPageMax = 1_000;

/** Texts that are named with an image that was found: the newest. An image may be read over and over, with other operations each time. */
export const textsPerImageMax = 20;

/** Lists without repetitions, in order: what finds the same is the same query. */
export function normalised(query: ImageQuery): ImageQuery {
  const { ids, digests, mediaTypes, ...others } = query;
  return {
    ...others,
    ...(ids && { ids: inOrder(ids) }),
    ...(digests && { digests: inOrder(digests) }),
    ...(mediaTypes && { mediaTypes: inOrder(mediaTypes) }),
  };
}

function inOrder(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.toLowerCase()))].sort();
}
