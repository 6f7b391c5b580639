import { Problem } from '../problems.js';

/** So many at once, and a short line before them: whoever comes when that is full had better ask again than wait unseen. */
export class Admission {
  #inside = 0;

  /** @param again seconds after which a place should be free */
  constructor(
    private readonly atOnce: number,
    private readonly waitingMax: number,
    private readonly again: number,
  ) {}

  /** How many work or wait. */
  get inside(): number {
    return this.#inside;
  }

  /** Before anything was taken in for it. @throws Problem 503 */
  refuseIfFull(): void {
    if (this.#inside < this.atOnce + this.waitingMax) return;
    throw new Problem('busy', {
      detail: `${this.atOnce} are being made, and ${this.waitingMax} wait for that; no more may.`,
      headers: { 'Retry-After': String(this.again) },
    });
  }

  /** @throws Problem 503: the line may have filled while the bytes came */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfFull();
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
    }
  }
}
