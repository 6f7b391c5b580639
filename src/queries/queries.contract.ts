import { row } from '../http/contract.js';
import { FoundImagesView } from './query.view.js';
import { FoundPageQuery, ImageQueryRequest } from './query-request.contract.js';

const tag = 'Images';

const example = {
  name: 'IMG_*',
  labels: { album: 'summer*' },
  mediaTypes: ['image/jpeg'],
  width: { min: 2000 },
  created: { after: '2026-01-01T00:00:00Z' },
  limit: 100,
};
const xmlExample =
  '<query><name>IMG_*</name><label name="album">summer*</label><mediaType>image/jpeg</mediaType><width min="2000"/></query>';

const queryBodies = {
  'application/json': {
    description: 'An object; all of its members have to be true.',
    schema: ImageQueryRequest,
    example,
  },
  'application/xml': {
    description:
      'The same in XML: an element a member, `id`, `digest` and `mediaType` for each item, `label` with its `name`; ranges have attributes.',
    schema: { type: 'string' },
    example: xmlExample,
  },
  'text/xml': { description: 'The same as application/xml.', schema: { type: 'string' }, example: xmlExample },
};

const found = {
  200: {
    description:
      'A page, newest first. Location is the URI under which a GET asks the same again, Content-Location that of this page.',
    headers: ['Location', 'Content-Location', 'Link'],
    body: FoundImagesView,
  },
} as const;

const refusals = ['unknown-member', 'invalid-member', 'query-too-costly', 'too-many-queries'] as const;

const about =
  'For what no URI could hold: ids or digests by the thousand, patterns, ranges, images that look alike, words that were ' +
  'read from images. The query is kept for a while (QUERY_TTL); the same query has the same URI.';

export const searchImages = row({
  id: 'searchImages',
  method: 'POST',
  path: '/images/search',
  tag,
  summary: 'Find images by a large query',
  description: about,
  accepts: queryBodies,
  answers: found,
  problems: refusals,
  scope: 'read',
});

export const queryImages = row({
  id: 'queryImages',
  method: 'QUERY',
  path: '/images',
  tag,
  summary: 'Find images by a large query, safely',
  description: `The same as POST /images/search by the method that is made for it (RFC 10008): safe, to be repeated at will. ${about}`,
  accepts: queryBodies,
  answers: found,
  problems: refusals,
  conditional: true,
});

export const getQuery = row({
  id: 'getQuery',
  method: 'GET',
  path: '/images/queries/{id}',
  tag,
  summary: 'Ask a query again',
  description: 'What it finds now. It is gone when it has not been asked by POST or QUERY for a while.',
  query: FoundPageQuery,
  answers: { 200: { description: 'A page; `next` and `prev` lead on.', headers: ['Link'], body: FoundImagesView } },
  problems: ['query-too-costly'],
  conditional: true,
});
