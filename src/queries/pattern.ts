/** How a name, or the value of a label, is asked for: `*` is any text, `?` one character, a backslash takes `*`, `?` or itself as it is. */
export function isPattern(text: string): boolean {
  return /^(?:[^\\]|\\[\\*?])*$/su.test(text);
}

/** The same for PostgreSQL: what is to be equal where nothing is left open, else what it is to be LIKE. */
export function comparisonOf(pattern: string): { equal: string } | { like: string } {
  const pieces = [...pattern.matchAll(/\\(.)|([*?])|[^\\*?]+/gsu)];
  const isOpen = pieces.some(([, , wildcard]) => wildcard !== undefined);
  if (!isOpen) return { equal: pieces.map(([piece, taken]) => taken ?? piece).join('') };
  const like = pieces.map(([piece, taken, wildcard]) => (wildcard ? wildcards[wildcard] : literal(taken ?? piece)));
  // Two of them are one, and cost no more than one then.
  return { like: like.join('').replaceAll(/(?<!\\)%{2,}/g, '%') };
}

const wildcards: Record<string, string> = { '*': '%', '?': '_' };

/** A text as LIKE takes it for itself. */
export function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
