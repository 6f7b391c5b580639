import { type Child, type Html, html } from './markup.js';

// What pages are put together from.

/** The path of one of our links: a page stays at the origin that the browser sees. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname + search;
}

/** A link to one of ours; nothing where there is no such link. */
export function anchor(link: string | undefined, text: Child): Html | undefined {
  return link === undefined ? undefined : html`<a href="${pathOf(link)}">${text}</a>`;
}

/** A sentence whose `code` is in backticks, as our descriptions have it. */
export function prose(sentence: string): Child {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** A moment as people read it; in UTC, since a server does not know where they are. */
export function time(iso: string | undefined): Html | undefined {
  if (iso === undefined) return undefined;
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

/** 3.1 MB: decimal, as disks and browsers count. */
export function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const scaled = bytes / 1000 ** power;
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : Math.round(scaled)} ${units[power] ?? ''}`;
}

/** The beginning of a UUID is the time, its end tells one from another. */
export function shortId(id: string): string {
  return `…${id.slice(-8)}`;
}

/** A list of names and values; what has no value is left out. */
export function facts(entries: readonly (readonly [name: Child, value: Child])[]): Html {
  const known = entries.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

export interface Column {
  name: string;
  /** Aligned as numbers are. */
  number?: true;
}

/** The first cell of each row names it. */
export function table({
  caption,
  columns,
  rows,
}: {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly Child[])[];
}): Html {
  const kind = (index: number) => (columns[index]?.number ? html` class="number"` : undefined);
  const cell = (value: Child, index: number) =>
    index === 0 ? html`<th scope="row">${value}</th>` : html`<td${kind(index)}>${value}</td>`;
  const head = columns.map(({ name }, index) => html`<th scope="col" ${kind(index)}>${name}</th>`);
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** To the neighbours of a page of a list. */
export function pager({ prev, next }: Record<string, string>): Html | undefined {
  if (prev === undefined && next === undefined) return undefined;
  const newer = prev === undefined ? html`<span></span>` : html`<a rel="prev" href="${pathOf(prev)}">Newer</a>`;
  const older = next === undefined ? undefined : html`<a rel="next" href="${pathOf(next)}">Older</a>`;
  return html`<nav class="pager" aria-label="Pages">${newer}${older}</nav>`;
}

/** The same list, narrowed by one parameter, which the present page's own link may have. */
export function filters(self: string, parameter: string, values: readonly string[]): Html {
  const { pathname, searchParams } = new URL(self);
  const chosen = searchParams.get(parameter);
  const item = (value: string | null, name: string) => {
    const href = value === null ? pathname : `${pathname}?${parameter}=${encodeURIComponent(value)}`;
    return html`<li><a href="${href}" ${value === chosen ? html` aria-current="true"` : undefined}>${name}</a></li>`;
  };
  const items = [item(null, 'All'), ...values.map((value) => item(value, value))];
  return html`<nav aria-label="Filter by ${parameter}">
    <ul class="filters">
      ${items}
    </ul>
  </nav>`;
}

/** A form that is only its button: a POST without content. */
export function button(link: string | undefined, text: string, quiet?: 'quiet'): Html | undefined {
  if (link === undefined) return undefined;
  return html`<form method="post" action="${pathOf(link)}"><button${quiet ? html` class="quiet"` : undefined}>${text}</button></form>`;
}

/** A state in its own colour, which only repeats what the word says. */
export function badge(state: string, mood?: 'good' | 'bad'): Html {
  return html`<span class="state${mood === undefined ? '' : ` ${mood}`}">${state}</span>`;
}
