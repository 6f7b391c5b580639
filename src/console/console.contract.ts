import { ApiProperty } from '@nestjs/swagger';
import { row } from '../http/contract.js';
import { type XmlElement } from '../http/xml-out.js';
import { escapeHtml, page } from './html.js';

const tag = 'About';

export class HomeView {
  static readonly element = 'service';
  @ApiProperty({ example: 'Darkroom' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;

  static toHtml({ links }: HomeView): string {
    const example =
      '{"operations":[{"operation":"autorotate"},{"operation":"resize","width":800},{"operation":"convert","format":"webp"}]}';
    return page(
      'Darkroom',
      `<p>Converts and cleans up images, and tells you when it is done. An image goes in with a task; the task answers
<code>202</code> at once, and <code>303</code> to its outcome when it is finished.</p>
<h2>Try it</h2>
<form action="/images/tasks" method="post" enctype="multipart/form-data">
<p><label>Image <input type="file" name="image" accept="image/*" required></label></p>
<p><label>Task<br><textarea name="task" rows="4" required>${escapeHtml(example)}</textarea></label></p>
<p><button>Process</button></p>
</form>
<p>The same from a shell:</p>
<pre>curl -i -F 'task=${escapeHtml(example)}' -F image=@photo.jpg ${escapeHtml(links['tasks'] ?? '')}</pre>
<h2>More</h2>
<ul>
<li><a href="/docs">The API, to try out</a> (<a href="/openapi.json">OpenAPI</a>)</li>
<li><a href="/images">Images</a>, <a href="/images/tasks">tasks</a>, <a href="/alerts">alerts</a></li>
<li><a href="/problems">What can go wrong</a></li>
</ul>`,
    );
  }
}

export class ProblemTypeView {
  static readonly element = 'problem-type';
  @ApiProperty({ format: 'uri' }) type: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer' }) status: number;
  @ApiProperty({ description: 'What it means, and what to do.' }) meaning: string;

  static toXml({ type, title, status, meaning }: ProblemTypeView): XmlElement {
    const children = Object.entries({ type, title, status: String(status), meaning });
    return { name: ProblemTypeView.element, children: children.map(([name, text]) => ({ name, children: [text] })) };
  }

  static toHtml({ type, title, status, meaning }: ProblemTypeView): string {
    return page(
      title,
      `<p><strong>${status}</strong> <code>${escapeHtml(type)}</code></p>
<p>${escapeHtml(meaning)}</p>
<p><a href="/problems">All problems</a></p>`,
    );
  }
}

export class ProblemTypeListView {
  static readonly element = 'problem-types';
  @ApiProperty({ type: [ProblemTypeView] }) items: ProblemTypeView[];

  static toHtml({ items }: ProblemTypeListView): string {
    const rows = items.map(
      ({ type, title, status }) =>
        `<li>${status} <a href="${escapeHtml(new URL(type).pathname)}">${escapeHtml(title)}</a></li>`,
    );
    return page('What can go wrong', `<ul>\n${rows.join('\n')}\n</ul>`);
  }
}

export const home = row({
  id: 'home',
  method: 'GET',
  path: '/',
  tag,
  summary: 'Where everything is',
  answers: { 200: { description: 'Links; a page with a form for a browser.', body: HomeView } },
  conditional: true,
  standalone: true,
});

export const listProblemTypes = row({
  id: 'listProblemTypes',
  method: 'GET',
  path: '/problems',
  tag,
  summary: 'Every refusal this service knows',
  answers: { 200: { description: 'All of them.', body: ProblemTypeListView } },
  conditional: true,
  standalone: true,
});

export const getProblemType = row({
  id: 'getProblemType',
  method: 'GET',
  path: '/problems/{slug}',
  tag,
  summary: 'What a problem means: its `type` leads here (RFC 9457 3.1.1)',
  answers: { 200: { description: 'What it means, and what to do.', body: ProblemTypeView } },
  conditional: true,
  standalone: true,
});

export const getOpenApi = row({
  id: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  tag,
  summary: 'This document (OpenAPI 3.1)',
  answers: {
    200: { description: 'The whole contract.', headers: ['ETag'], content: ['application/json'] },
    206: { description: 'A range of it.', headers: ['ETag'], content: ['application/json'] },
  },
  problems: ['range-not-satisfiable'],
  conditional: true,
  standalone: true,
});
