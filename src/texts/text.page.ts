import { input } from '../http/html/fields.js';
import { html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { facts, pathOf, shortId, time } from '../http/html/parts.js';
import { correctionCharactersMax } from './text.js';
import { textFormatNames } from './text.formats.js';
import { type CorrectionView, type TextView } from './text.view.js';

const formatWords: Record<string, string> = {
  ...{ txt: 'plain text', pdf: 'searchable PDF', hocr: 'hOCR', alto: 'ALTO', tsv: 'TSV', json: 'JSON', xml: 'XML' },
};

export function textPage({ id, text, pages, languages, created, expires, findings, links }: TextView): string {
  const confidence = pages.map((page) => `${page.confidence} %`).join(', ');
  const forms = textFormatNames.map(
    (format) => html`<li><a href="${pathOf(links[format] ?? '')}">${formatWords[format]}</a></li>`,
  );
  return page({
    title: `Text ${shortId(id)}`,
    main: html`${text.trim() === '' ? html`<p class="note">Nothing was read on it.</p>` : html`<pre class="wrap" dir="auto">${text}</pre>`}
      ${facts([
        ['Languages', languages.join(', ')],
        ['Pages', pages.length],
        ['Confidence', confidence],
        ['Read', time(created)],
        ['Goes by itself', time(expires)],
        ['Made by', html`<a href="${pathOf(links['task'] ?? '')}/status">its task</a>`],
        ...Object.entries(findings).map(
          ([name, found]) => [name, html`<code>${JSON.stringify(found)}</code>`] as const,
        ),
      ])}
      <h2>In other forms</h2>
      <ul>
        ${forms}
      </ul>
      <h2>Correct it</h2>
      <p>What you write is kept for whoever runs this service; the text stays as it was read.</p>
      <div class="cards">
        <form class="card" method="post" action="${pathOf(links['corrections'] ?? '')}">
          <p class="field">
            <label
              >What it should have been
              <textarea name="text" rows="3" required maxlength="${correctionCharactersMax}"></textarea>
            </label>
          </p>
          <fieldset>
            <legend>Where</legend>
            <div class="fields">
              ${['page', 'line', 'word'].map((place) => input(place[0]?.toUpperCase() + place.slice(1), place, html` type="number" min="1" inputmode="numeric"`))}
            </div>
            <span class="hint">Counted from 1; a line within its page, a word within its line. Empty: all of it.</span>
          </fieldset>
          <p class="actions"><button>Keep the correction</button></p>
        </form>
      </div>`,
  });
}

export function correctionPage({ message, links }: CorrectionView): string {
  return page({
    title: 'Kept',
    main: html`<p class="lead">${message}</p>
      <p><a href="${pathOf(links['text'] ?? '')}">Back to the text</a></p>`,
  });
}
