import { input } from '../http/html/fields.js';
import { html, type Html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { anchor, pathOf, time } from '../http/html/parts.js';
import { authorCharactersMax, textCharactersMax } from './note.js';
import { type NotesView, type NoteView } from './note.view.js';

export function notesPage({ items, links }: NotesView): string {
  return page({
    title: 'Notes',
    at: '/images',
    main: html`<p>On ${anchor(links['image'], 'this image')}.</p>
      ${items.length === 0 ? html`<p>There is none yet.</p>` : items.map(shown)}
      <h2>Append a note</h2>
      <form class="card" method="post" action="${pathOf(links['self'] ?? '')}">
        <p class="field">
          <label
            >Text
            <textarea name="text" rows="4" required maxlength="${textCharactersMax}"></textarea>
          </label>
        </p>
        ${input('Author', 'author', html` maxlength="${authorCharactersMax}" autocomplete="name"`, 'May be left empty.')}
        <p class="actions"><button>Append</button></p>
      </form>`,
  });
}

function shown({ number, text, author, created }: NoteView): Html {
  const by = author === undefined ? undefined : html`<bdi>${author}</bdi>, `;
  return html`<article>
    <pre class="wrap">${text}</pre>
    <p class="soft">${number}. ${by}${time(created)}</p>
  </article> `;
}
