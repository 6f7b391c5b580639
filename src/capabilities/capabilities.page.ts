import { type Html, html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { facts, prose, size, table } from '../http/html/parts.js';
import { isRecord } from '../http/json.js';
import { type CapabilitiesView, type FormatView, type LimitsView, type OperationView } from './capabilities.view.js';

export function capabilitiesPage({ formats, operations, languages, limits }: CapabilitiesView): string {
  return page({
    title: 'Capabilities',
    at: '/capabilities',
    main: html`<p class="lead">What the running build reads, does and writes.</p>
      <h2>Formats</h2>
      ${formatTable(formats)}
      <h2>Operations</h2>
      ${operations.map(operation)}
      <h2>Languages</h2>
      <p>${languages.join(', ')}</p>
      <h2>Limits</h2>
      ${limitFacts(limits)}`,
  });
}

const mark = (holds: boolean): string => (holds ? 'yes' : '–');

function formatTable(formats: FormatView[]): Html {
  return table({
    caption: 'Formats, and how several pictures are held',
    columns: [{ name: 'Format' }, { name: 'Media type' }, { name: 'Read' }, { name: 'Written' }, { name: 'Several' }],
    rows: formats.map(({ name, mediaType, read, written, paging }) => [
      ...[name, mediaType, mark(read), mark(written)],
      paging === 'none' ? '–' : paging,
    ]),
  });
}

function operation({ name, summary, schema }: OperationView): Html {
  const parameters = Object.entries(propertiesOf(schema)).filter(([parameter]) => parameter !== 'operation');
  const described = facts(
    parameters.map(([parameter, value]) => [html`<code>${parameter}</code>`, prose(describe(value))]),
  );
  return html`<details>
    <summary><strong>${name}</strong> <span class="soft">${prose(summary)}</span></summary>
    ${parameters.length === 0 ? html`<p>It takes no parameters.</p>` : described}
  </details>`;
}

function propertiesOf(schema: object): Record<string, unknown> {
  const properties: unknown = Reflect.get(schema, 'properties');
  return isRecord(properties) ? properties : {};
}

/** A parameter's schema in a line: what it is for, what it takes. */
function describe(schema: unknown): string {
  if (!isRecord(schema)) return '';
  const { description, minimum, maximum, enum: choices, default: standard } = schema;
  const parts = [
    description,
    Array.isArray(choices) ? `One of ${choices.join(', ')}.` : undefined,
    minimum === undefined && maximum === undefined ? undefined : `From ${String(minimum)} to ${String(maximum)}.`,
    standard === undefined ? undefined : `Else ${JSON.stringify(standard)}.`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

function limitFacts({ uploadBytes, pixels, frames, outputPixels, side, operations, taskSeconds }: LimitsView): Html {
  const million = (count: number): string => `${count / 1_000_000} million`;
  return facts([
    ['An upload', size(uploadBytes)],
    ['Pixels read', million(pixels)],
    ['Pixels made', million(outputPixels)],
    ['Frames or pages', frames],
    ['Pixels a side', side],
    ['Operations a task', operations],
    ['Work on a task', `${taskSeconds} s`],
  ]);
}
