/** A place in a list that is ordered by id, newest first: ids are UUIDv7, so they are in the order of creation. */
export interface Keyset {
  limit: number;
  /** Items older than this id. */
  olderThan?: string;
  /** Items newer than this id. */
  newerThan?: string;
}

export interface Page<T> {
  /** Newest first. */
  items: T[];
  /** Whether there are items beyond either end. */
  hasNewer: boolean;
  hasOlder: boolean;
}

/**
 * A page out of up to `limit + 1` rows: the extra row tells whether the list goes on.
 * @param rows newest first, but oldest first where the keyset says `newerThan`
 */
export function pageOf<T>(rows: T[], keyset: Keyset): Page<T> {
  const more = rows.length > keyset.limit;
  const items = rows.slice(0, keyset.limit);
  if (keyset.newerThan !== undefined) return { items: items.reverse(), hasNewer: more, hasOlder: true };
  return { items, hasNewer: keyset.olderThan !== undefined, hasOlder: more };
}
