import { type EntityManager } from 'typeorm';

/**
 * One look at the database for all who want one at the same time. Whoever has a connection already, that of a transaction, waits only
 * for looks that have one too: where all who hold a connection wait for one that is yet to get one, it gets none.
 */
export class SharedLook<Value> {
  private connected: Promise<Value> | undefined;
  private waiting: Promise<Value> | undefined;

  /** @param tx the transaction of whoever asks, in which `look` looks */
  of(tx: EntityManager | undefined, look: () => Promise<Value>): Promise<Value> {
    if (this.connected !== undefined) return this.connected;
    if (tx !== undefined) return (this.connected = look().finally(() => (this.connected = undefined)));
    return (this.waiting ??= look().finally(() => (this.waiting = undefined)));
  }
}
