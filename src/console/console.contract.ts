import { ApiProperty } from '@nestjs/swagger';
import { row } from '../http/contract.js';
import { type XmlElement } from '../http/xml-out.js';
import { homePage } from './home.page.js';
import { problemTypeListPage, problemTypePage } from './problem-type.page.js';

const tag = 'About';

export class HomeView {
  static readonly element = 'service';
  static readonly toHtml = homePage;
  @ApiProperty({ example: 'Darkroom' }) name: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;
}

export class ProblemTypeView {
  static readonly element = 'problem-type';
  static readonly toHtml = problemTypePage;
  @ApiProperty({ format: 'uri' }) type: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer' }) status: number;
  @ApiProperty({ description: 'What it means, and what to do.' }) meaning: string;

  static toXml({ type, title, status, meaning }: ProblemTypeView): XmlElement {
    const children = Object.entries({ type, title, status: String(status), meaning });
    return { name: ProblemTypeView.element, children: children.map(([name, text]) => ({ name, children: [text] })) };
  }
}

export class ProblemTypeListView {
  static readonly element = 'problem-types';
  static readonly toHtml = problemTypeListPage;
  @ApiProperty({ type: [ProblemTypeView] }) items: ProblemTypeView[];
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
  open: true,
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
  open: true,
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
  open: true,
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
  open: true,
});
