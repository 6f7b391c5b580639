/** What somebody has written about an image: an entry of the image's list of notes, which only grows. */
export interface Note {
  imageId: string;
  /** Its place in the list, counted from 1. */
  number: number;
  owner: string;
  text: string;
  author: string | null;
  createdAt: Date;
}

export type NewNote = Pick<Note, 'text' | 'author'>;

/** Notes of one image: the list is told whole each time, and stays below a mebibyte. */
export const notesMax = 100;

/** Characters: some paragraphs. What is longer is a document, and has its own place. */
export const textCharactersMax = 2_000;

/** Characters, as the name of an image has: it stands in one line on a screen. */
export const authorCharactersMax = 200;
