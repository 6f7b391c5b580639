/** Whose places are taken: the owner's own, or all that there are. */
export type Full = 'ofOwner' | 'ofAll';

/** Who has how many of what there is a limited number of. */
export class Places {
  private readonly taken = new Map<string, number>();
  private all = 0;

  constructor(private readonly max: Readonly<Record<Full, number>>) {}

  /** What stands in the way of one more; undefined: nothing. */
  full(owner: string): Full | undefined {
    if (this.of(owner) >= this.max.ofOwner) return 'ofOwner';
    return this.all >= this.max.ofAll ? 'ofAll' : undefined;
  }

  add(owner: string, count: number): void {
    const now = this.of(owner) + count;
    if (now === 0) this.taken.delete(owner);
    else this.taken.set(owner, now);
    this.all += count;
  }

  of(owner: string): number {
    return this.taken.get(owner) ?? 0;
  }

  *[Symbol.iterator](): Iterator<[owner: string, count: number]> {
    yield* this.taken;
  }
}
