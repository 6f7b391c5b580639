import { html, type Html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { anchor, badge, button, facts, filters, pager, pathOf, shortId, table, time } from '../http/html/parts.js';
import { type TaskProblem, taskStates } from './task.js';
import { type TaskListView, type TaskView } from './task.view.js';

export function taskPage(task: TaskView): string {
  const { links, state } = task;
  return page({
    title: `Task ${shortId(task.id)}`,
    at: '/images/tasks',
    main: html`<p class="lead">${stateBadge(task)} ${task.message}</p>
      ${progress(task)}${failure(task)}
      <div class="actions">
        ${anchor(links['outcome'], 'See the outcome')}${button(links['retry'], 'Try again')}${button(links['cancel'], 'Cancel', 'quiet')}
      </div>
      ${facts([
        ['Asked for', time(task.created)],
        ['Begun', time(task.started)],
        ['Ended', time(task.completed)],
        ['Expected', task.estimate === undefined ? undefined : time(task.estimate.pingAfter)],
        ['Ahead of it', state === 'pending' ? task.estimate?.ahead : undefined],
        ['Image', anchor(links['image'], 'the one that is worked on')],
        ['Alerts', anchor(links['alerts'], 'of its end')],
      ])}
      <h2>What is done</h2>
      <ol>
        ${task.operations.map((operation) => html`<li>${words(operation)}</li>`)}
      </ol>
      <div class="cards">
        ${picture(links['image'], 'What it began with')} ${picture(links['outcome'], 'What it led to')}
      </div>`,
  });
}

export function taskListPage({ items, links }: TaskListView): string {
  const rows = items.map((task) => [
    html`<a href="${pathOf(task.links['status'] ?? '')}">${shortId(task.id)}</a>`,
    stateBadge(task),
    task.operations.map((operation) => nameOf(operation)).join(', '),
    time(task.created),
    anchor(task.links['outcome'], 'outcome'),
  ]);
  const columns = [
    { name: 'Task' },
    { name: 'State' },
    { name: 'Operations' },
    { name: 'Asked for' },
    { name: 'Led to' },
  ];
  const list = table({ caption: 'Tasks, newest first', columns, rows });
  return page({
    title: 'Tasks',
    at: '/images/tasks',
    main: html`${filters(links['self'] ?? '', 'state', taskStates)}
    ${items.length === 0 ? html`<p>There is none. <a href="/">Ask for one.</a></p>` : list}${pager(links)}`,
  });
}

const moods = { pending: undefined, ok: 'good', failed: 'bad', cancelled: undefined } as const;

const stateBadge = ({ state }: TaskView): Html => badge(state, moods[state]);

function progress({ state, progress, links }: TaskView): Html | undefined {
  if (state !== 'pending') return undefined;
  const bar =
    progress === undefined
      ? html`<progress aria-label="Progress"></progress><span class="hint">Waiting to begin</span>`
      : html`<progress aria-label="Progress" max="100" value="${progress.percent}"></progress>
          <span class="hint">${progress.operation}, step ${progress.step} of ${progress.of}</span>`;
  return html`<p>${bar}</p>
    <p>
      This page comes again by itself when the task should be done, and leads to its outcome then.
      <a href="${pathOf(links['self'] ?? '')}">Look now</a>
    </p>`;
}

function failure({ state, detail, problem }: TaskView): Html | undefined {
  if (state !== 'failed') return undefined;
  return html`<div class="note">
    <p><strong>${detail}</strong> <code>${problem}</code></p>
    <p>${problem && advice[problem]}</p>
  </div>`;
}

const withLess = 'Try again, with fewer pixels or fewer operations if it ends like this once more.';

/** What to do next. */
const advice: Readonly<Record<TaskProblem, string>> = {
  'invalid-image': 'Send the image again, or another one: trying again with the same bytes ends the same way.',
  'format-off': 'Send it in another format; the capabilities tell which are read here.',
  'too-large': 'Ask for a smaller outcome, or send fewer pixels.',
  'operation-failed': 'Ask for other operations on this image, or try again.',
  timeout: withLess,
  crashed: withLess,
  'quota-exceeded': 'Delete images, or wait until outcomes have had their time, and try again.',
};

const nameOf = (operation: object): string => String(Reflect.get(operation, 'operation'));

/** resize width 400 height 300 */
function words(operation: object): Html {
  const [name, ...parameters] = Object.entries(operation).map(([key, value]) =>
    key === 'operation' ? html`<strong>${String(value)}</strong>` : html` ${key} <code>${String(value)}</code>`,
  );
  return html`${name}${parameters}`;
}

/** Its format is not known here: what a browser cannot show leaves its caption. A text has its words elsewhere. */
function picture(link: string | undefined, caption: string): Html | undefined {
  if (link === undefined || !/\/images\/[^/]+$/.test(pathOf(link))) return undefined;
  return html`<figure class="shown">
    <img src="${pathOf(link)}/content" alt="" loading="lazy" />
    <figcaption class="soft">${anchor(link, caption)}</figcaption>
  </figure>`;
}
