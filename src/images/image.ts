import { isDeepStrictEqual } from 'node:util';
import { type Findings } from '../processing/pixel-work.js';

/** It stands in a line on a screen, and in a header. */
export const nameCharactersMax = 200;

/** An image as the domain knows it. Its bytes lie in the blob store under `digest`. */
export interface Image {
  /** UUIDv7. */
  id: string;
  owner: string;
  /** Unique among an owner's images, where it is given. */
  name: string | null;
  labels: Record<string, string>;
  /** SHA-256 of the bytes, hexadecimal. */
  digest: string;
  bytes: number;
  mediaType: string;
  /** Pixels, as the header of the file states them. */
  width: number;
  height: number;
  /** Pages of a document, frames of an animation; 1 else. */
  pages: number;
  /** What it looks like (processing/perceptual-hash.ts), 16 hexadecimal digits; null where there is nothing to be seen, or nobody has looked yet. */
  hash: string | null;
  /** The task whose outcome this is; null for an original. */
  taskId: string | null;
  /** What operations have found out on their way to these bytes; null for an original. */
  findings: Findings | null;
  /** Rises with every change. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date | null;
}

/** What a caller may say of an image beside its bytes. */
export interface Given {
  name?: string;
  labels?: Record<string, string>;
}

/** What a client may change of an image, as a merge patch leaves it (RFC 7396): undefined stays, null goes. */
export interface ImageChange {
  name?: string | null;
  labels?: Record<string, string>;
  expiresAt?: Date | null;
}

/** The same by other bytes: a PUT. */
export type ImageReplacement = ImageChange & Partial<ImageBytes>;

/** The bytes of an image and what is known of them. */
export type ImageBytes = Pick<
  Image,
  'digest' | 'bytes' | 'mediaType' | 'width' | 'height' | 'pages' | 'hash' | 'findings'
>;

export type NewImage = Pick<Image, 'id' | 'owner'> &
  ImageBytes &
  Partial<Pick<Image, 'name' | 'labels' | 'taskId' | 'expiresAt'>>;

/** Whether a PUT of these would change nothing: a repetition. What is not given is not compared. */
export function isSame(
  image: Image,
  { digest, name, labels }: Pick<Image, 'digest'> & { name?: string; labels?: Record<string, string> },
): boolean {
  const sameLabels = labels === undefined || isDeepStrictEqual(image.labels, labels);
  return image.digest === digest && (name === undefined || image.name === name) && sameLabels;
}

/** RFC 7396: a member that is null goes, others are set; null for the whole takes all away. */
export function patchLabels(
  labels: Record<string, string>,
  patch: Record<string, string | null> | null,
): Record<string, string> {
  if (patch === null) return {};
  const merged = { ...labels, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null));
}
