/**
 * Group commit: items that arrive while a statement is on its way share the next one, and each caller is answered after
 * the commit that holds its item. There is no timer: alone, an item goes at once.
 *
 * A statement of its own for each item would have its NOTIFY serialise the commits; see the README's benchmarks.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private inFlight = 0;

  /**
   * @param commit one statement for all items; a result an item, in their order
   */
  constructor(
    private readonly commit: (items: Item[]) => Promise<Result[]>,
    private readonly limits = { inFlightMax: 2, itemsMax: 500 },
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // Items of the same turn of the event loop go together.
      if (this.waiting.length === 1) queueMicrotask(() => this.flush());
    });
  }

  private flush(): void {
    while (this.inFlight < this.limits.inFlightMax && this.waiting.length > 0) {
      const group = this.waiting.splice(0, this.limits.itemsMax);
      this.inFlight += 1;
      void this.settle(group).finally(() => {
        this.inFlight -= 1;
        this.flush();
      });
    }
  }

  private async settle(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ item }) => item));
      if (results.length !== group.length) throw new Error(`${group.length} items gave ${results.length} results`);
      for (const [index, result] of results.entries()) group[index]?.resolve(result);
    } catch (error) {
      if (group.length > 1 && isDataError(error)) await Promise.all(group.map((one) => this.settle([one])));
      else for (const { reject } of group) reject(error);
    }
  }
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Classes 22 (data exception) and 23 (integrity): one item's fault, which is not to fall on its neighbours. 40 (rollback): two
 * statements have waited for each other, which those of one item each do not.
 */
function isDataError(error: unknown): boolean {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && /^(2[23]|40)/.test(code);
}
