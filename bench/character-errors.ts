/**
 * Character error rate: insertions, deletions and substitutions that make what was read what was written, by the letters that
 * were written. White space counts as one space, and the ways to draw quotes and dashes are the same.
 */
export function characterErrorRate(read: string, written: string): number {
  const [from, to] = [normal(read), normal(written)];
  return distance(from, to) / to.length;
}

function normal(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2013\u2014]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Levenshtein's, row by row (Wagner and Fischer 1974). */
function distance(from: string, to: string): number {
  let row = Uint32Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = new Uint32Array(row.length);
    next[0] = line;
    for (let column = 1; column <= to.length; column++) {
      const same = from[line - 1] === to[column - 1] ? 0 : 1;
      const [above = 0, left = 0, diagonal = 0] = [row[column], next[column - 1], row[column - 1]];
      next[column] = Math.min(above + 1, left + 1, diagonal + same);
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
