import { type Recognition } from '../processing/ocr/recognition.js';
import { type Findings } from '../processing/pixel-work.js';

/** What was read from an image. */
export interface Text {
  /** UUIDv7. */
  id: string;
  owner: string;
  /** The task whose outcome it is. */
  taskId: string;
  /** SHA-256 of the bytes that it was read from; null where that was forgotten. */
  imageDigest: string | null;
  recognition: Recognition;
  /** SHA-256 of the searchable PDF, hexadecimal. */
  digest: string;
  /** Size of the searchable PDF. */
  bytes: number;
  /** What operations have found out about the image before it was read. */
  findings: Findings;
  createdAt: Date;
  expiresAt: Date;
}

export type NewText = Omit<Text, 'createdAt'>;

/** Of a correction, which may be of a whole text: some thirty close pages. */
export const correctionCharactersMax = 100_000;

/** What a part of a text should have been. Places count from 1; what is null names the whole of it. */
export interface Correction {
  page: number | null;
  /** Within its page. */
  line: number | null;
  /** Within its line. */
  word: number | null;
  correct: string;
}

/** The member of a correction that names nothing; undefined where all do. */
export function misplaced(
  { recognition }: Text,
  { page, line, word }: Correction,
): 'page' | 'line' | 'word' | undefined {
  if (page === null) return undefined;
  const named = recognition.pages[page - 1];
  if (named === undefined) return 'page';
  if (line === null) return undefined;
  const lines = named.blocks.flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines));
  const there = lines[line - 1];
  if (there === undefined) return 'line';
  return word === null || there.words[word - 1] !== undefined ? undefined : 'word';
}
