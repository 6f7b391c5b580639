import { processingForm, readingForm } from '../console/task-form.js';
import { hidden, input } from '../http/html/fields.js';
import { type Child, html, type Html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { anchor, facts, pager, pathOf, shortId, size, table, time } from '../http/html/parts.js';
import { nameCharactersMax } from './image.js';
import { type ImageListView, type ImageView } from './image.view.js';

export function imagePage(image: ImageView): string {
  const { id, bytes, created, modified, expires, labels, links } = image;
  return page({
    title: image.name ?? `Image ${shortId(id)}`,
    at: '/images',
    main: html`${shown(image)}
      ${facts([
        ['Format', image.mediaType],
        ['Size', `${dimensions(image)}, ${size(bytes)}`],
        ['Stored', time(created)],
        ['Changed', modified === created ? undefined : time(modified)],
        ['Goes by itself', time(expires)],
        [
          'Made by',
          links['task'] === undefined ? undefined : html`<a href="${pathOf(links['task'])}/status">its task</a>`,
        ],
        ['SHA-256', html`<code>${image.digest}</code>`],
        ...Object.entries(labels).map(
          ([name, value]) => [html`<bdi>${name}</bdi>`, html`<bdi>${value}</bdi>`] as const,
        ),
        ...findings(image),
      ])}
      <p class="actions">
        <a href="${pathOf(links['content'] ?? '')}" download>Download</a> ${anchor(links['notes'], 'Notes')}
      </p>
      <h2>Go on with this image</h2>
      <div class="cards">
        <section class="card">
          <h3>Process it</h3>
          ${processingForm(pathOf(links['self'] ?? ''))}
        </section>
        <section class="card">
          <h3>Read its text</h3>
          ${readingForm(pathOf(links['self'] ?? ''))}
        </section>
      </div>`,
  });
}

export function imageListPage({ items, links }: ImageListView): string {
  const rows = items.map((image) => [
    anchor(image.links['self'], image.name === undefined ? shortId(image.id) : html`<bdi>${image.name}</bdi>`),
    thumbnail(image),
    image.mediaType,
    dimensions(image),
    size(image.bytes),
    time(image.created),
  ]);
  const list = table({
    caption: 'Images, newest first',
    columns: [
      { name: 'Image' },
      { name: 'Look' },
      { name: 'Format' },
      { name: 'Pixels', number: true },
      { name: 'Bytes', number: true },
      { name: 'Stored' },
    ],
    rows,
  });
  return page({
    title: 'Images',
    at: '/images',
    main: html`${items.length === 0 ? html`<p>There is none yet.</p>` : list}${pager(links)}
      <h2>Store an image</h2>
      <div class="cards">
        <form class="card" method="post" enctype="multipart/form-data" action="/images">
          ${input('Image', 'image', html` type="file" accept="image/*,application/pdf" required`)}
          ${input('Name', 'name', html` maxlength="${nameCharactersMax}" autocomplete="off"`, 'Unique among the images; may be left empty.')}
          <p class="actions"><button>Store</button></p>
        </form>
      </div>`,
  });
}

/** What browsers decode. Others are shown once they were converted. */
const viewable = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/bmp', 'image/svg+xml'];

function shown({ mediaType, width, height, name, links, id }: ImageView): Html {
  if (viewable.includes(mediaType)) {
    const alt = name ?? `Image ${shortId(id)}`;
    return html`<figure class="shown">
      <img src="${pathOf(links['content'] ?? '')}" width="${width}" height="${height}" alt="${alt}" />
    </figure>`;
  }
  return html`<div class="note">
    <p>Browsers do not show ${mediaType}.</p>
    <form method="post" action="/images/tasks">
      ${hidden('image', pathOf(links['self'] ?? ''))}${hidden('convert.format', 'png')}
      <button class="quiet">Make a PNG of it, to look at</button>
    </form>
  </div>`;
}

/** Larger ones are not fetched for a look, bytes: a page of them would be tens of megabytes. */
const thumbnailBytesMax = 2_000_000;
/** Pixels along the longer side. */
const thumbnailSide = 72;

function thumbnail({ mediaType, width, height, bytes, links }: ImageView): Child {
  if (!viewable.includes(mediaType) || bytes > thumbnailBytesMax) return undefined;
  const scale = Math.min(1, thumbnailSide / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  return html`<img
    class="thumb"
    src="${pathOf(links['content'] ?? '')}"
    width="${across}"
    height="${down}"
    alt=""
    loading="lazy"
  />`;
}

function dimensions({ width, height, pages }: ImageView): string {
  return `${width} × ${height}${pages > 1 ? `, ${pages} pages` : ''}`;
}

function findings({ findings = {} }: ImageView): [string, Html][] {
  return Object.entries(findings).map(([operation, found]) => [operation, html`<code>${JSON.stringify(found)}</code>`]);
}
