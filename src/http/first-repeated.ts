/** Which of the names comes a second time first; undefined: none does. In the time of one look at each. */
export function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
