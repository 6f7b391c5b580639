import { parentPort } from 'node:worker_threads';
import { type Question, type ThreadWord } from './recogniser.js';
import { Tesseract } from './tesseract.js';
import { messageOf } from '../../system-error.js';

// The entry of the thread in which Tesseract works: its calls block, and the child has to stay able to hear that its parent
// is gone. The other side is recogniser.ts, which asks one thing at a time and ends the thread when anything goes wrong.

let tesseract: Tesseract | undefined;

/** Tesseract tells of every word; to pass each on would cost as much as some of the words do. Percent. */
const progressStep = 4;
let told = 0;

parentPort?.on('message', (question: Question) => {
  void answer(question).then(say);
});

async function answer(question: Question): Promise<ThreadWord> {
  try {
    switch (question.ask) {
      case 'open':
        tesseract = await Tesseract.open(question.languages, tellProgress);
        return { word: 'opened' };
      case 'look':
        return { word: 'looked', lineHeight: opened().look(question.image, question.layout) };
      case 'read':
        return { word: 'read', blocks: opened().read() };
      case 'orient':
        return { word: 'oriented', turn: opened().orient(question.image) };
      default:
        return question satisfies never;
    }
  } catch (error) {
    return { word: 'broke', error: messageOf(error) };
  }
}

function tellProgress(percent: number): void {
  // A lower figure is the next page's.
  if (percent >= told && percent < told + progressStep && percent < 100) return;
  told = percent;
  say({ word: 'progress', percent });
}

function opened(): Tesseract {
  if (!tesseract) throw new TypeError('Tesseract was asked before it was opened.');
  return tesseract;
}

function say(word: ThreadWord): void {
  parentPort?.postMessage(word);
}
