import { type Case } from './example.js';

const json = { 'Content-Type': 'application/json' };
const flip = '{"image":"/images/{same}","operations":[{"operation":"flip"}]}';
const jpeg = { 'Content-Type': 'image/jpeg' };

/** What HTTP itself says of POST (RFC 7231 4.3.3, now RFC 9110 9.3.3), sentence by sentence. */
export const specifiedUses: readonly Case[] = [
  {
    id: 'form',
    title: 'A form for a process',
    source: 'Providing a block of data, such as the fields entered into an HTML form, to a data-handling process.',
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        data: 'image=/images/{image}&rotate.angle=90&convert.format=webp',
      },
    ],
  },
  {
    id: 'message',
    title: 'A message to a group',
    source: 'Posting a message to a bulletin board, newsgroup, mailing list, blog, or similar group of articles.',
    steps: [
      {
        operation: 'createNote',
        path: '/images/{image}/notes',
        status: 200,
        data: 'text=The+horizon+hangs+to+the+left.&author=Ada',
      },
    ],
  },
  {
    id: 'new-resource',
    title: 'A new resource',
    source: 'Creating a new resource that has yet to be identified by the origin server.',
    steps: [
      { operation: 'createImage', path: '/images', status: 201, headers: jpeg, file: 'photo.jpg' },
      { operation: 'createImage', path: '/images', status: 201 },
    ],
  },
  {
    id: 'append',
    title: 'Appended data',
    source: "Appending data to a resource's existing representation(s).",
    steps: [
      { operation: 'listNotes', path: '/images/{image}/notes', status: 200 },
      {
        operation: 'createNote',
        path: '/images/{image}/notes',
        status: 200,
        headers: { ...json, 'If-Match': '{etag}' },
        data: '{"text":"Cropped too tightly.","author":"Ada"}',
      },
    ],
  },
  {
    id: 'statuses',
    title: 'Any status but three',
    source:
      'Almost all of the status codes might be received in a response to POST (the exceptions being 206, 304, and 416).',
    steps: [
      {
        operation: 'createNote',
        path: '/images/{image}/notes',
        status: 200,
        headers: { 'Content-Type': 'text/plain', Range: 'bytes=0-9' },
        data: 'Whole, although a range was asked for.',
      },
      {
        operation: 'createNote',
        path: '/images/{image}/notes',
        status: 412,
        headers: { 'Content-Type': 'text/plain', 'If-None-Match': '{etag}' },
        data: 'Refused: a GET would have been answered 304.',
      },
    ],
  },
  {
    id: 'created',
    title: '201 with Location',
    source:
      'The origin server SHOULD send a 201 (Created) response containing a Location header field that provides an identifier ' +
      'for the primary resource created and a representation that describes the status of the request while referring to the new resource(s).',
    steps: [{ operation: 'createImage', path: '/images?name=holiday', status: 201, headers: jpeg, file: 'photo.jpg' }],
  },
  {
    id: 'cacheable',
    title: 'The cacheable POST',
    source:
      'Responses to POST requests are only cacheable when they include explicit freshness information … a 200 (OK) response ' +
      "containing the result and a Content-Location header field that has the same value as the POST's target URI.",
    steps: [
      {
        operation: 'createNote',
        path: '/images/{image}/notes',
        status: 200,
        headers: json,
        data: '{"text":"A cache may answer GETs with this for a minute."}',
      },
      { operation: 'listNotes', path: '/images/{image}/notes', status: 304, headers: { 'If-None-Match': '{etag}' } },
    ],
  },
  {
    id: 'equivalent',
    title: '303 to an equivalent',
    source:
      'If the result of processing a POST would be equivalent to a representation of an existing resource, an origin server MAY ' +
      'redirect the user agent to that resource by sending a 303 (See Other).',
    steps: [
      { operation: 'createImage', path: '/images', status: 201, headers: jpeg, file: 'photo.jpg' },
      { operation: 'createImage', path: '/images', status: 303, headers: jpeg, file: 'photo.jpg', keep: 'same' },
      { operation: 'getImage', path: '/images/{same}', status: 200 },
      { operation: 'createTask', path: '/images/tasks', status: 202, headers: json, data: flip },
      { operation: 'createTask', path: '/images/tasks', status: 303, headers: json, data: flip, whenDone: true },
    ],
  },
];
