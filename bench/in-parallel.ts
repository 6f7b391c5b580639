/** Does all the work with so many at once, each taken in order as soon as there is a hand free. */
export async function inParallel<T>(
  hands: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const hand = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: hands }, hand));
}
