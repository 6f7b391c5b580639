import { html } from '../http/html/markup.js';
import { page } from '../http/html/page.js';
import { type HomeView } from './console.contract.js';
import { documentForm, processingForm, readingForm } from './task-form.js';

const example = {
  operations: [
    { operation: 'autorotate' },
    { operation: 'resize', width: 800 },
    { operation: 'convert', format: 'webp' },
  ],
};

export function homePage({ links }: HomeView): string {
  return page({
    title: 'Darkroom',
    main: html`<p class="lead">
        Converts and cleans up images and reads the text on them. An image goes in with a task; the task leads to its
        outcome.
      </p>
      <div class="cards">
        <section class="card">
          <h2>Process an image</h2>
          ${processingForm()}
        </section>
        <section class="card">
          <h2>Read a text</h2>
          ${readingForm()}
        </section>
      </div>
      <h2>From a program</h2>
      <p>
        A task answers <code>202</code> at once, <code>200</code> while it runs, and <code>303</code> to its outcome
        when it is done.
      </p>
      <pre>
curl -iF 'task=${JSON.stringify(example)}' \\
     -F image=@photo.jpg ${links['tasks']}</pre>
      <p>
        <a href="/docs">All of the API, to try out</a>, its <a href="/openapi.json">OpenAPI document</a>, and
        <a href="/docs/post">POST, case by case</a>.
      </p>
      <details>
        <summary>Any operations, as a document</summary>
        <div class="card">${documentForm(JSON.stringify(example, null, 1))}</div>
      </details>`,
  });
}
