import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { type Keyset, type Page } from '../page.js';
import { Problem } from '../problems.js';

export const pageSizeMax = 100;

/** What every list takes. */
export class PageQuery {
  @ApiPropertyOptional({ description: 'Where the page begins: taken from a `next` or `prev` link, never made up.' })
  @IsOptional()
  @IsString()
  cursor?: string;

  @ApiPropertyOptional({ description: 'Items a page.', minimum: 1, maximum: pageSizeMax, default: 20, type: 'integer' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(pageSizeMax)
  limit?: number;
}

const cursorPattern = /^(older|newer):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Whether a page may begin there. */
export function isCursor(text: string): boolean {
  return cursorPattern.test(decoded(text));
}

export function keysetOf(query: { cursor?: string | undefined; limit?: number | undefined }): Keyset {
  const limit = query.limit ?? 20;
  if (query.cursor === undefined) return { limit };
  const [, direction, id] = cursorPattern.exec(decoded(query.cursor)) ?? [];
  if (id === undefined) {
    throw new Problem('invalid-parameter', {
      detail: 'cursor: follow a next or prev link; this is none.',
      errors: [{ parameter: 'cursor', detail: 'not a cursor of this list' }],
    });
  }
  return direction === 'older' ? { limit, olderThan: id } : { limit, newerThan: id };
}

const decoded = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('latin1');

/** `self`, `next` (older) and `prev` (newer) links of a page, as members and as a Link field (RFC 8288). */
export function pageLinks<T extends { id: string }>(
  page: Page<T>,
  self: URL,
): { links: Record<string, string>; header: string } {
  const at = (direction: 'older' | 'newer', id: string): string => {
    const url = new URL(self);
    url.searchParams.set('cursor', Buffer.from(`${direction}:${id}`).toString('base64url'));
    return url.href;
  };
  const links: Record<string, string> = { self: self.href };
  const [first, last] = [page.items[0], page.items.at(-1)];
  if (page.hasOlder && last) links['next'] = at('older', last.id);
  if (page.hasNewer && first) links['prev'] = at('newer', first.id);
  const header = Object.entries(links)
    .map(([relation, href]) => `<${href}>; rel="${relation}"`)
    .join(', ');
  return { links, header };
}
