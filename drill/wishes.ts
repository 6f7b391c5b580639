import { createHash } from 'node:crypto';
import { formData } from '../test/support/client.js';
import { png } from '../test/support/pictures.js';

/** Signs all callbacks of a drill. */
export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** How a task is asked for: a POST under an Idempotency-Key, of a stored image or with its bytes, or a PUT to a minted URI. */
export type Manner = 'post' | 'upload' | 'put';

/** A task that the load client wants to have once, however often it has to ask. */
export interface Wish {
  key: string;
  manner: Manner;
  contentType: string;
  body: Buffer;
  /** SHA-256 of the body. */
  hash: string;
  /** What tells its task in the database: the URL of its callback, or the SHA-256 of the bytes that came along. */
  mark: string;
  told: boolean;
  /** How the task may end. */
  ends: Ends;
  /** It was deleted. */
  forgotten?: boolean;
}

/** `ok`, or the problems that a task may fail with. */
export type Ends = readonly ['ok', ...string[]] | readonly string[];

export interface Asked {
  manner: Manner;
  operations: object[];
  /** The stored image that is worked on; of an upload its bytes. */
  image: string | Buffer;
  callback?: string | undefined;
  ends?: Ends | undefined;
}

export function wish(key: string, { manner, operations, image, callback, ends = ['ok'] }: Asked): Wish {
  const task = {
    ...(typeof image === 'string' && { image }),
    operations,
    ...(callback !== undefined && { callback: { url: callback, secret } }),
  };
  const { contentType, body } =
    typeof image === 'string'
      ? { contentType: 'application/json', body: Buffer.from(JSON.stringify(task)) }
      : formData({ task: JSON.stringify(task), image: { filename: 'a.png', mediaType: 'image/png', bytes: image } });
  const mark = callback ?? sha256(typeof image === 'string' ? Buffer.from(key) : image);
  return { key, manner, contentType, body, hash: sha256(body), mark, told: callback !== undefined, ends };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Some tenths of a second of work on a core: long enough to be interrupted. No two seeds give the same work. */
export function heavy(seed: number): object[] {
  return [
    { operation: 'rotate', angle: (seed % 89) + 0.5 },
    { operation: 'resize', width: 900 + (seed % 200) },
    { operation: 'convert', format: 'webp', effort: 6 },
  ];
}

/** Some milliseconds of work. */
export function light(seed: number): object[] {
  return [{ operation: 'rotate', angle: (seed % 359) + 0.25 }];
}

export function picture(seed: number): Promise<Buffer> {
  return png({ width: 48, height: 36, seed });
}
