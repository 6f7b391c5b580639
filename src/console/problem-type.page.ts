import { anchor, prose, table } from '../http/html/parts.js';
import { html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { type ProblemTypeListView, type ProblemTypeView } from './console.contract.js';

export function problemTypePage({ type, title, status, meaning }: ProblemTypeView): string {
  return page({
    title,
    at: '/problems',
    main: html`<p class="lead">${prose(meaning)}</p>
      <p class="soft">Status ${status}, <code>${type}</code></p>
      <p><a href="/problems">All problems</a></p>`,
  });
}

export function problemTypeListPage({ items }: ProblemTypeListView): string {
  return page({
    title: 'What can go wrong',
    at: '/problems',
    main: table({
      caption: 'Every refusal that this service knows',
      columns: [{ name: 'Problem' }, { name: 'Status', number: true }],
      rows: items.map(({ type, title, status }) => [anchor(type, title), status]),
    }),
  });
}
