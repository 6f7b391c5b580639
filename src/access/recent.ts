/**
 * Answers that may be a little old. Each is asked for again once it is older than `freshMs`, counted from when
 * its question was sent; whoever asks meanwhile waits for the same answer. A failure is told to those who wait, and not kept.
 */
export class Recent<Value> {
  private readonly known = new Map<string, { askedAtMs: number; answer: Promise<Value> }>();

  /** @param entriesMax the oldest go first */
  constructor(
    private readonly freshMs: number,
    private readonly entriesMax: number,
  ) {}

  /**
   * @param nowMs of a clock that never goes back, such as performance.now()
   * @param ask for what has this name
   */
  of(name: string, nowMs: number, ask: () => Promise<Value>): Promise<Value> {
    const known = this.known.get(name);
    if (known !== undefined && nowMs - known.askedAtMs < this.freshMs) return known.answer;
    const entry = { askedAtMs: nowMs, answer: ask() };
    // Deleted first, so that it is the youngest.
    this.known.delete(name);
    this.known.set(name, entry);
    entry.answer.catch(() => {
      if (this.known.get(name) === entry) this.known.delete(name);
    });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.entriesMax) break;
      this.known.delete(oldest);
    }
    return entry.answer;
  }

  /** What has just been changed is asked for at once. */
  forget(name: string): void {
    this.known.delete(name);
  }
}
