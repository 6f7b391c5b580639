import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Config } from '../config.js';
import { Problem } from '../problems.js';
import { StorageUsageRepository } from './storage-usage.repository.js';

/** Holds owners to what they may have stored. */
@Injectable()
export class StorageQuotaService {
  private readonly bytesMax: number;

  constructor(
    private readonly usage: StorageUsageRepository,
    @Inject(Config) { STORAGE_BYTES_MAX_PER_OWNER }: Config,
  ) {
    this.bytesMax = STORAGE_BYTES_MAX_PER_OWNER === 0 ? Infinity : STORAGE_BYTES_MAX_PER_OWNER;
  }

  /**
   * Before the bytes come, what could not be stored whatever was deleted. What there is no room for now may be what is there
   * already, asked for again: nobody knows before its digest is known.
   * @throws Problem 507
   */
  refuseHopeless(bytes: number): void {
    if (bytes > this.bytesMax) {
      throw new Problem('quota-exceeded', {
        detail: `You may have stored ${this.bytesMax} bytes, and these are ${bytes}.`,
        members: { limit: this.bytesMax },
      });
    }
  }

  /**
   * In the transaction that has stored so many bytes more. Those of others that have not committed are not seen: each of
   * simultaneous ones may pass.
   * @throws Problem 507
   */
  async requireKept(tx: EntityManager, owner: string, bytes: number): Promise<void> {
    if (this.bytesMax === Infinity) return;
    const stored = await this.usage.stored(owner, tx);
    if (stored <= this.bytesMax) return;
    const before = stored - bytes;
    throw new Problem('quota-exceeded', {
      detail: `You may have stored ${this.bytesMax} bytes and have ${before}; these are ${bytes} more.`,
      members: { limit: this.bytesMax, stored: before },
    });
  }

  /** Keeps the count short; its sum stays. @returns how many rows became fewer */
  fold(limit: number): Promise<number> {
    return this.usage.fold(limit);
  }
}
