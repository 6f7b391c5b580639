import { ProcessingFailure } from './failure.js';
import { unreadable } from './inspect.js';
import { type Journey } from './journey.js';
import { openFile } from './native.js';
import { type Stage } from './stage.js';

/** As libvips passes on what the system said to a write. */
const diskFault = /system error: (No space left|Disk quota exceeded|File too large|Input\/output error)/;

/** Runs a stage. libvips does not tell whose fault an error is, the file's or the operation's: so the file is tried alone. */
export async function decoded<T>(stage: Stage, journey: Journey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The disk is ours.
    if (error instanceof Error && diskFault.test(error.message)) throw error;
    if (stage.readsFile) await assertDecodes(journey);
    const message = error instanceof Error ? error.message.split('\n', 1)[0] : '';
    const names = stage.operations.join(', ') || 'convert';
    throw new ProcessingFailure(
      'operation-failed',
      `${names} failed: ${message?.replaceAll(journey.input, 'the image')}`,
    );
  }
}

async function assertDecodes({ input, header, limits, pages, reading }: Journey): Promise<void> {
  try {
    await openFile(input, limits, pages, reading.page).raw().toBuffer();
  } catch (error) {
    if (error instanceof Error && /differs? from page/i.test(error.message)) {
      throw new ProcessingFailure(
        'operation-failed',
        'The pages of this file differ in size or kind; send them one by one.',
      );
    }
    throw await unreadable(input, header.format, error);
  }
}
