import { Worker } from 'node:worker_threads';
import { isDeepStrictEqual } from 'node:util';
import { type Layout } from './layout.js';
import { type Block, type Turn } from './recognition.js';

/** What the thread is asked; one thing at a time. */
export type Question =
  | { readonly ask: 'open'; readonly languages: readonly string[] }
  | { readonly ask: 'look'; readonly image: Uint8Array<ArrayBuffer>; readonly layout: Layout }
  | { readonly ask: 'read' }
  | { readonly ask: 'orient'; readonly image: Uint8Array<ArrayBuffer> };

/** All that the thread says. */
export type ThreadWord =
  | { readonly word: 'opened' }
  | { readonly word: 'looked'; readonly lineHeight: number }
  | { readonly word: 'read'; readonly blocks: Block[] }
  | { readonly word: 'oriented'; readonly turn: Turn | undefined }
  | { readonly word: 'progress'; readonly percent: number }
  | { readonly word: 'broke'; readonly error: string };

type Answer<Word extends ThreadWord['word']> = Extract<ThreadWord, { word: Word }>;

interface Thread {
  readonly worker: Worker;
  readonly languages: readonly string[];
  pages: number;
}

/** Pages after which the thread is replaced. Tesseract adapts to what it reads and leaks a little; a new one takes half a second. */
const pagesPerThread = 200;

/** The memory of WebAssembly grows with the largest page and never shrinks: after one of more bytes the thread is replaced. */
const imageBytesMax = 40_000_000;

const entry = new URL('./recognition-thread.js', import.meta.url);

/** Tesseract in a thread of this process, kept warm between jobs of the same languages. */
export class Recogniser {
  #thread: Thread | undefined;
  #onProgress: ((percent: number) => void) | undefined;

  /** Whatever is asked next is asked of these languages. */
  async open(languages: readonly string[]): Promise<void> {
    const { pages = 0, languages: present } = this.#thread ?? {};
    if (isDeepStrictEqual(present, languages) && pages < pagesPerThread) return;
    await this.close();
    this.#thread = { worker: new Worker(entry), languages, pages: 0 };
    await this.#ask({ ask: 'open', languages }, 'opened');
  }

  /** @param image PNM, or another format of Leptonica; it is gone afterwards. @returns the median height of its lines in pixels, 0 without any */
  async look(image: Uint8Array<ArrayBuffer>, layout: Layout): Promise<number> {
    this.#note(image);
    return (await this.#ask({ ask: 'look', image, layout }, 'looked')).lineHeight;
  }

  /** What was looked at last. @param onProgress 0 to 100 */
  async read(onProgress: (percent: number) => void): Promise<Block[]> {
    this.#onProgress = onProgress;
    try {
      return (await this.#ask({ ask: 'read' }, 'read')).blocks;
    } finally {
      this.#onProgress = undefined;
    }
  }

  /** @returns how far the page has to be turned; undefined where it has too few letters to tell */
  async orient(image: Uint8Array<ArrayBuffer>): Promise<Turn | undefined> {
    return (await this.#ask({ ask: 'orient', image }, 'oriented')).turn;
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.worker.terminate();
  }

  #note(image: Uint8Array): void {
    if (!this.#thread) return;
    this.#thread.pages = image.length > imageBytesMax ? Infinity : this.#thread.pages + 1;
  }

  /** Anything but the answer ends the thread: what state it is in nobody knows. */
  async #ask<Word extends ThreadWord['word']>(question: Question, word: Word): Promise<Answer<Word>> {
    const worker = this.#thread?.worker;
    if (!worker) throw new TypeError('The recogniser was asked before it was opened.');
    const { promise, resolve, reject } = Promise.withResolvers<Answer<Word>>();
    const onMessage = (said: ThreadWord): void => {
      if (said.word === 'progress') this.#onProgress?.(said.percent);
      else if (isAnswer(said, word)) resolve(said);
      else reject(new Error(said.word === 'broke' ? said.error : `The recogniser answered ${said.word} to ${word}.`));
    };
    const onExit = (code: number): void => reject(new Error(`The recognition thread ended with ${code}.`));
    worker.on('message', onMessage).once('error', reject).once('exit', onExit);
    try {
      // Given away, not copied: a page may take a hundred megabytes.
      worker.postMessage(question, 'image' in question ? [question.image.buffer] : []);
      return await promise;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      worker.off('message', onMessage).off('error', reject).off('exit', onExit);
    }
  }
}

function isAnswer<Word extends ThreadWord['word']>(said: ThreadWord, word: Word): said is Answer<Word> {
  return said.word === word;
}
