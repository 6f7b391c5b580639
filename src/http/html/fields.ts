import { type Child, type Html, html } from './markup.js';

// What forms are put together from: every field has a label.

/** An input of one line. `attributes` are written as they stand. */
export function input(label: string, name: string, attributes: Html, hint?: Child): Html {
  return html`<p class="field">
    <label
      >${label}${hint === undefined ? undefined : html` <span class="hint">${hint}</span>`}
      <input name="${name}" ${attributes}
    /></label>
  </p>`;
}

/** A choice of one; a value that is empty is no choice. */
export function select(
  label: string,
  name: string,
  options: readonly (readonly [value: string, text: string])[],
): Html {
  const items = options.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<p class="field">
    <label
      >${label}
      <select name="${name}">
        ${items}
      </select></label
    >
  </p>`;
}

/** A box to tick; a browser sends nothing of one that is not. */
export function checkbox(label: Child, name: string, { value = 'on', checked = false } = {}): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" value="${value}" ${checked ? html` checked` : undefined} />
    <span>${label}</span></label
  >`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}
