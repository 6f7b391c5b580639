import { select } from '../http/html/fields.js';
import { html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { anchor, badge, facts, pager, pathOf, shortId, table, time } from '../http/html/parts.js';
import { type ReservationListView, type ReservationView } from './reservation.view.js';

const at = '/reservations';

export function reservationPage(reservation: ReservationView): string {
  const { id, state, target, expires, links } = reservation;
  const empty = html`<p>
      Fill it with one PUT. Where its answer gets lost, send the very same again: it takes effect once.
    </p>
    <pre>curl -i -X PUT ${example(reservation)} ${target}</pre>`;
  return page({
    title: `Reservation ${shortId(id)}`,
    at,
    main: html`<p class="lead">${badge(state, state === 'filled' ? 'good' : undefined)}</p>
      ${state === 'empty' ? empty : undefined}
      ${facts([
        ['Target', state === 'filled' ? anchor(target, target) : html`<code>${target}</code>`],
        ['Lies under', anchor(reservation.for, pathOf(reservation.for))],
        ['Waits until', time(expires)],
        ['Reservation', anchor(links['self'], links['self'])],
      ])}`,
  });
}

export function reservationListPage({ items, links }: ReservationListView): string {
  const rows = items.map((reservation) => [
    anchor(reservation.links['self'], shortId(reservation.id)),
    pathOf(reservation.for),
    time(reservation.expires),
  ]);
  const columns = [{ name: 'Reservation' }, { name: 'Lies under' }, { name: 'Waits until' }];
  const list = table({ caption: 'Open reservations, newest first', columns, rows });
  return page({
    title: 'Reservations',
    at,
    main: html`<p>URIs that were minted and wait for the one PUT that fills them.</p>
      ${items.length === 0 ? html`<p>There is none.</p>` : list}${pager(links)}
      <h2>Reserve a URI</h2>
      <div class="cards">
        <form class="card" method="post" action="/reservations">
          ${select('For', 'for', [
            ['/images/tasks', 'a task'],
            ['/images', 'an image'],
          ])}
          <p class="actions"><button>Reserve</button></p>
        </form>
      </div>`,
  });
}

/** What a PUT there brings along. */
function example({ for: collection }: ReservationView): string {
  switch (pathOf(collection)) {
    case '/images':
      return "-H 'Content-Type: image/jpeg' --data-binary @photo.jpg";
    case '/images/tasks':
      return '-F \'task={"operations":[{"operation":"autorotate"}]}\' -F image=@photo.jpg';
    default:
      return '';
  }
}
