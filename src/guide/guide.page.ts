import { type Child, html, type Html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { table } from '../http/html/parts.js';
import { type CaseView, type ExchangeView, type GuideView } from './guide.view.js';

export function guidePage({ successes, specified, practised }: GuideView): string {
  const answers = table({
    caption: 'REST verb and resource type, and what each side answers',
    columns: [
      { name: 'Resource type' },
      { name: 'Service’s success response' },
      { name: 'Client’s success response' },
      { name: 'Here' },
    ],
    rows: successes.map((each) => [
      html`<a href="#${each.id}">${each.verb} ${each.title}</a>`,
      each.service,
      each.client,
      operations(each),
    ]),
  });
  return page({
    title: 'POST, case by case',
    main: html`<p class="lead">
        Which success answers which POST, and everything that POST is for, each by an operation of this service.
      </p>
      <p>
        The answers were recorded from the service, and are compared with what it answers whenever it is tested. Ids,
        times and digests in them are stand-ins. Callbacks to a machine of one's own, as to
        <code>localhost:4000</code> here, are taken where <code>CALLBACK_PRIVATE_ADDRESSES</code> is <code>allow</code>.
      </p>
      <h2>Which success</h2>
      ${answers}
      <h2>What HTTP says that POST is for</h2>
      ${uses('RFC 9110 9.3.3, sentence by sentence', specified)}
      <h2>What POST is for in practice</h2>
      ${uses('Creating, controlling, asking, and work that takes long', practised)}
      ${successes.map((each) => details(`${each.verb} ${each.title}`, each))}
      ${[...specified, ...practised].map((each) => details(each.title, each))}`,
  });
}

function uses(caption: string, cases: readonly CaseView[]): Html {
  return table({
    caption,
    columns: [{ name: 'Use' }, { name: 'What the source says' }, { name: 'Here' }],
    rows: cases.map((each) => [html`<a href="#${each.id}">${each.title}</a>`, each.source, operations(each)]),
  });
}

function operations({ exchanges }: CaseView): Child {
  return exchanges.map(({ operation, documentation, status }) => [
    operation === undefined ? 'your answer' : html`<a href="${linkOf(documentation)}">${operation}</a>`,
    html` <b>${status}</b> `,
  ]);
}

function details(title: string, { id, source, exchanges }: CaseView): Html {
  return html`<section id="${id}">
    <h2>${title}</h2>
    <p class="soft">${source}</p>
    ${exchanges.map(exchange)}
  </section> `;
}

function exchange({ operation, documentation, request, answer }: ExchangeView): Html {
  const what =
    operation === undefined
      ? html`<p>The service calls the client:</p>`
      : html`<p><a href="${linkOf(documentation)}">${operation}</a></p>`;
  return html`${what}
    <pre class="wrap">${request}</pre>
    <pre class="wrap">${answer}</pre>`;
}

/** Within this origin, with the fragment that Swagger UI opens. */
function linkOf(documentation: string | undefined): string {
  if (documentation === undefined) return '/docs';
  const { pathname, hash } = new URL(documentation);
  return pathname + hash;
}
