/** Passes values on, but not one after the other as fast as they come. */
export interface Paced<T> {
  (value: T): void;
  /** What still waits is dropped. */
  stop(): void;
}

/** @param tell is given the latest value, at most so often, the first time after as long: of what is over by then nothing is told */
export function paced<T>(tell: (value: T) => void, everyMs: number): Paced<T> {
  let latest: { readonly value: T } | undefined;
  const clock = setInterval(() => {
    if (latest) tell(latest.value);
    latest = undefined;
  }, everyMs);
  const take = (value: T): void => {
    latest = { value };
  };
  return Object.assign(take, { stop: () => clearInterval(clock) });
}
