import { type Fault } from '../problems.js';
import { type Child, html, type Html } from './html/markup.js';
import { page } from './html/page.js';
import { facts, prose } from './html/parts.js';
import { type ProblemDocument } from './problem-document.js';

/**
 * @param meaning what the problem's type says of it
 * @param back path of the page that the request came from, where that is known
 */
export function problemPage(document: ProblemDocument, meaning: string, back?: string): string {
  const { type, title, status, detail, errors, ...members } = document;
  return page({
    title,
    main: html`<div class="note">
        ${detail === undefined ? undefined : html`<p>${detail}</p>`}${faults(errors)}
        <p class="soft">${prose(meaning)} <a href="${type}">Status ${status}</a></p>
      </div>
      ${facts(Object.entries(members).flatMap(([name, value]) => member(name, value)))}
      <p><a href="${back ?? '/'}">${back === undefined ? 'To the first page' : 'Back, to put it right'}</a></p>`,
  });
}

/** Where each fault is, by the name that the sender gave the place. */
function faults(errors: readonly Fault[] = []): Html | undefined {
  if (errors.length === 0) return undefined;
  const items = errors.map(({ pointer, parameter, header, detail }) => {
    const place = header ?? parameter ?? pointer?.slice(1) ?? '';
    return html`<li>${place === '' ? undefined : html`<code>${place}</code>: `}${detail}</li>`;
  });
  return html`<ul>
    ${items}
  </ul>`;
}

/** An extension member, such as a limit or the id of an error. */
function member(name: string, value: unknown): [string, Child][] {
  return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
}
