import { html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { facts, pathOf, shortId, time } from '../http/html/parts.js';
import { type InvocationView } from './invocation.view.js';

export function invocationPage({ id, status, reason, created, links }: InvocationView): string {
  return page({
    title: `Invocation ${shortId(id)}`,
    main: html`${facts([
      ['Of', html`<code>${pathOf(links['controller'] ?? '')}</code>`],
      ['Made', time(created)],
      ['Answered', status],
      ['Reason', reason === undefined ? undefined : html`<bdi>${reason}</bdi>`],
    ])}`,
  });
}
