import { checkbox, hidden, input, select } from '../http/html/fields.js';
import { html, type Html } from '../http/html/markup.js';
import { formatNames, formatOf } from '../processing/formats.js';
import { sideMax } from '../processing/limits.js';
import { installedLanguages } from '../processing/ocr/languages.js';

// The forms that ask for a task. Fields are in the order in which their operations are done.

/** @param image URI of a stored image; left out, the form takes a file */
export function processingForm(image?: string): Html {
  return taskForm(
    image,
    html`<fieldset>
        <legend>Upright</legend>
        ${checkbox('Turn as the camera was held', 'autorotate', { checked: true })}
        ${select('Rotate', 'rotate.angle', turns)}
      </fieldset>
      ${cleanUp()}
      <fieldset>
        <legend>Size, in pixels</legend>
        <div class="fields">${input('Width', 'resize.width', pixels)} ${input('Height', 'resize.height', pixels)}</div>
        <span class="hint">Both at most, proportions are kept. Empty: as it is.</span>
      </fieldset>
      <fieldset>
        <legend>Format</legend>
        <div class="fields">
          ${select('Format', 'convert.format', formats)}
          ${input('Quality', 'convert.quality', html` type="number" min="1" max="100" inputmode="numeric"`)}
        </div>
        <span class="hint">Quality, 1 to 100, goes with a chosen format that has it.</span>
      </fieldset>
      <p class="actions"><button>Process</button></p>`,
  );
}

export function readingForm(image?: string): Html {
  const boxes = installedLanguages.map((code) =>
    checkbox(nameOf(code), 'ocr.languages', { value: code, checked: code === 'eng' }),
  );
  return taskForm(
    image,
    html`${cleanUp()}
      <fieldset>
        <legend>Languages of the text</legend>
        ${boxes}
      </fieldset>
      <p class="actions"><button>Read the text</button></p>`,
  );
}

/** Any operations, as the API takes them. */
export function documentForm(example: string): Html {
  return taskForm(
    undefined,
    html`<p class="field">
        <label
          >Task <span class="hint">JSON or XML, with any of the <a href="/capabilities">operations</a>.</span>
          <textarea name="task" rows="7" required spellcheck="false">${example}</textarea>
        </label>
      </p>
      <p class="actions"><button>Process</button></p>`,
  );
}

function taskForm(image: string | undefined, fields: Html): Html {
  if (image !== undefined) {
    return html`<form method="post" action="/images/tasks">${hidden('image', image)}${fields}</form>`;
  }
  const file = input('Image', 'image', html` type="file" accept="image/*,application/pdf" required`);
  return html`<form method="post" enctype="multipart/form-data" action="/images/tasks">${file}${fields}</form>`;
}

/** In the order in which they do most. */
function cleanUp(): Html {
  return html`<fieldset>
    <legend>Clean up a scan or a photographed page</legend>
    ${checkbox('Remove noise', 'denoise')} ${checkbox('Even out light and shadows', 'normalise')}
    ${checkbox('Straighten lines of text', 'deskew')} ${checkbox('Paint over specks', 'despeckle')}
  </fieldset>`;
}

const pixels = html` type="number" min="1" max="${sideMax}" inputmode="numeric"`;

const turns = [
  ['', 'no'],
  ['90', '90° to the right'],
  ['180', 'upside down'],
  ['270', '90° to the left'],
] as const;

const formats = [
  ['', 'keep'],
  ...formatNames
    .filter((name) => formatOf(name).written === true)
    .map((name): [string, string] => [name, name.toUpperCase()]),
] as const;

/** In English, as the page is; what has no name keeps its code. */
function nameOf(code: string): string {
  return languageNames.of(code) ?? code;
}

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });
