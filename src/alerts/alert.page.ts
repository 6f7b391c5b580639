import { html, type Html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { anchor, badge, button, facts, filters, pager, pathOf, shortId, table, time } from '../http/html/parts.js';
import { alertStates } from './alert.js';
import { type AlertListView, type AlertView, type DeliveryListView, type DeliveryView } from './alert.view.js';

const at = '/alerts';

const moods: Record<string, 'good' | 'bad'> = {
  ...{ delivered: 'good', succeeded: 'good', failed: 'bad' },
};

const stateBadge = ({ state }: { state: string }): Html => badge(state, moods[state]);

export function alertPage(alert: AlertView): string {
  const { id, type, url, signed, created, completed, detail, links } = alert;
  return page({
    title: `Alert ${shortId(id)}`,
    at,
    main: html`<p class="lead">${stateBadge(alert)} ${type}</p>
      ${detail === undefined ? undefined : html`<div class="note"><p>${detail}</p></div>`}
      <div class="actions">
        ${anchor(links['deliveries'], 'Every attempt to deliver it')}${button(links['resend'], 'Deliver once more')}
      </div>
      ${facts([
        ['Goes to', html`<bdi>${url}</bdi>`],
        ['Signed', signed ? 'yes' : 'no'],
        ['Recorded', time(created)],
        ['Ended', time(completed)],
        ['Task', html`<a href="${pathOf(links['task'] ?? '')}/status">the one that ended</a>`],
        ['webhook-id', html`<code>${id}</code>`],
      ])}`,
  });
}

export function alertListPage({ items, links }: AlertListView): string {
  const rows = items.map((alert) => [
    anchor(alert.links['self'], shortId(alert.id)),
    stateBadge(alert),
    alert.type,
    html`<bdi>${alert.url}</bdi>`,
    time(alert.created),
  ]);
  const columns = [{ name: 'Alert' }, { name: 'State' }, { name: 'Of' }, { name: 'Goes to' }, { name: 'Recorded' }];
  const list = table({ caption: 'Alerts, newest first', columns, rows });
  return page({
    title: 'Alerts',
    at,
    main: html`<p>What was told of the ends of tasks to the callbacks that they name.</p>
      ${filters(links['self'] ?? '', 'state', alertStates)}
      ${items.length === 0 ? html`<p>There is none.</p>` : list}${pager(links)}`,
  });
}

export function deliveryPage(delivery: DeliveryView): string {
  return page({
    title: `Delivery ${delivery.number}`,
    at,
    main: html`<p class="lead">${stateBadge(delivery)} ${outcome(delivery)}</p>
      ${facts([
        ['Cause', delivery.cause],
        ['Scheduled', time(delivery.scheduled)],
        ['Begun', time(delivery.started)],
        ['Ended', time(delivery.completed)],
        ['Took', delivery.durationMs === undefined ? undefined : `${delivery.durationMs} ms`],
      ])}
      <p>${anchor(delivery.links['alert'], 'Back to the alert')}</p>`,
  });
}

export function deliveryListPage({ items, links }: DeliveryListView): string {
  const rows = items.map((delivery) => [
    anchor(delivery.links['self'], `Delivery ${delivery.number}`),
    stateBadge(delivery),
    outcome(delivery),
    delivery.cause,
    time(delivery.started ?? delivery.scheduled),
  ]);
  const columns = [{ name: 'Attempt' }, { name: 'State' }, { name: 'Answer' }, { name: 'Cause' }, { name: 'When' }];
  return page({
    title: 'Deliveries',
    at,
    main: html`${table({ caption: 'Every attempt to deliver this alert, newest first', columns, rows })}${pager(links)}
      <p class="after">${anchor(items[0]?.links['alert'], 'Back to the alert')}</p>`,
  });
}

/** What the receiver answered, or why there is no answer. */
function outcome({ status, failure }: DeliveryView): string {
  return failure ?? (status === undefined ? '' : `answered ${status}`);
}
