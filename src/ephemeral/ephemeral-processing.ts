import { type OnApplicationShutdown } from '@nestjs/common';
import { Processing } from '../processing/processing.js';

/** A pool of its own: an upload that is to be stored never waits behind a preview. Its children are forked when they are needed. */
export class EphemeralProcessing extends Processing implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
