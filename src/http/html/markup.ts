/** A piece of HTML. Only `html` makes one, and it escapes whatever is not one: a page cannot forget to. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a page: markup, text that is not yet markup, or nothing. */
export type Child = Html | string | number | undefined | readonly Child[];

/** html`<p title="${text}">${text}</p>`: texts are escaped for places between tags and within quoted attributes. */
export function html(strings: TemplateStringsArray, ...children: Child[]): Html {
  return new Html(strings.reduce((text, string, index) => text + markupOf(children[index - 1]) + string));
}

function markupOf(child: Child): string {
  if (child === undefined) return '';
  if (child instanceof Html) return child.text;
  if (typeof child === 'object') return child.map(markupOf).join('');
  return escapeHtml(String(child));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
