import { type Case } from './example.js';

/** A row of the table of successes: what each of the two sides answers. */
export interface Success extends Case {
  verb: 'GET' | 'POST';
  service: string;
  client: string;
}

const json = { 'Content-Type': 'application/json' };
const flip = '"operations":[{"operation":"flip"}]';

/** "When POSTs succeed but do not return a 201" (Will Braynen): the table of its summary, row by row. */
export const successes: readonly Success[] = [
  {
    id: 'persistent-get',
    verb: 'GET',
    title: 'a persistent resource (including the result of a long-running job)',
    service: '200',
    client: '',
    source: '200, even if it is a long-running job that has not yet been completed.',
    steps: [
      { operation: 'getImage', path: '/images/{image}', status: 200 },
      { operation: 'getTask', path: '/images/tasks/{task}', status: 200 },
    ],
  },
  {
    id: 'ephemeral',
    verb: 'POST',
    title: 'an ephemeral resource (including BFF)',
    service: '200',
    client: '',
    source:
      'It cannot be retrieved later: it is passed through and not saved, or saved without a way to read it, or one answer ' +
      'aggregates many, which succeed or fail each by itself.',
    steps: [
      {
        operation: 'inspectImage',
        path: '/images/inspect',
        status: 200,
        headers: { 'Content-Type': 'image/jpeg' },
        file: 'photo.jpg',
      },
      {
        operation: 'previewImage',
        path: '/images/preview?resize.width=32&convert.format=png',
        status: 200,
        headers: { 'Content-Type': 'image/jpeg' },
        file: 'photo.jpg',
      },
      {
        operation: 'createCorrection',
        path: '/texts/{text}/corrections',
        status: 200,
        headers: json,
        data: '{"page":1,"line":1,"word":2,"text":"word"}',
      },
      {
        operation: 'createTasks',
        path: '/images/tasks/batch',
        status: 200,
        headers: json,
        data: `{"tasks":[{"image":"/images/{image}",${flip}},{"image":"/images/{image}","operations":[{"operation":"fly"}]}]}`,
      },
    ],
  },
  {
    id: 'persistent-post',
    verb: 'POST',
    title: 'a persistent resource',
    service: '201',
    client: '',
    source:
      'New data are sent; the service creates a resource that can be retrieved or updated later, and returns its id.',
    steps: [
      {
        operation: 'createImage',
        path: '/images',
        status: 201,
        headers: { 'Content-Type': 'image/jpeg' },
        file: 'photo.jpg',
        keep: 'new',
      },
      { operation: 'getImage', path: '/images/{new}', status: 200 },
    ],
  },
  {
    id: 'long-running-1',
    verb: 'POST',
    title: 'a long-running job, design pattern 1',
    service: '202',
    client: '',
    source:
      "The service replies to the client's request with a 202; the client should come back later to GET the result.",
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        headers: json,
        data: `{"image":"/images/{image}",${flip}}`,
        keep: 'task',
      },
      { operation: 'getTask', path: '/images/tasks/{task}', status: 200 },
      { operation: 'getTask', path: '/images/tasks/{task}', status: 303, whenDone: true, keep: 'outcome' },
      { operation: 'getImage', path: '/images/{outcome}', status: 200 },
    ],
  },
  {
    id: 'long-running-2',
    verb: 'POST',
    title: 'a long-running job, design pattern 2',
    service: '202',
    client: '204',
    source:
      "The service replies to the client's request with a 202 and will call the client once the job is complete; the client replies to that with a 204.",
    steps: [
      {
        operation: 'createTask',
        path: '/images/tasks',
        status: 202,
        headers: json,
        data: `{"image":"/images/{image}",${flip},"callback":{"url":"{receiver}/done"}}`,
        keep: 'task',
      },
      { callback: '/done', status: 204 },
      { operation: 'listAlerts', path: '/alerts?task={task}', status: 200, keep: 'alert' },
      { operation: 'getDelivery', path: '/alerts/{alert}/deliveries/1', status: 200 },
    ],
  },
];
