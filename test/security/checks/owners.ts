import { randomUUIDv7 } from 'node:crypto';
import { alike, anyId, elsewhere } from '../../support/alike.js';
import { type CallOptions, formData, type Reply } from '../../support/client.js';
import { jpeg } from '../../support/pictures.js';
import { check, explained, told } from '../check.js';
import { type GuardedScene } from '../guarded-scene.js';

/** API1: what is another's is what is not there, for whoever knows its id and has a good key of their own. */
const source = 'API1 Broken Object Level Authorization';

const json = { 'Content-Type': 'application/json' };
const merge = { 'Content-Type': 'application/merge-patch+json' };
const gif = { 'Content-Type': 'image/gif', 'If-Match': '*' };
/** A byte a character. */
const onePixel = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64').toString('latin1');
const printed = formData({
  task: '{"operations":[{"operation":"watermark","image":"{image}"}]}',
  image: { filename: 'x.gif', mediaType: 'image/gif', bytes: Buffer.from(onePixel, 'latin1') },
});
const flip = '"operations":[{"operation":"flip"}]';
const answered = (told: string): string => `${told}, as for what is not there, nothing changed`;

const gone = answered('404 not-found');

type Row = readonly [
  id: string,
  what: string,
  method: string,
  path: string,
  more?: { headers?: Record<string, string>; body?: string; expected?: string },
];

const rows: readonly Row[] = [
  ['image', 'an image', 'GET', '/images/{image}'],
  [
    'image-head',
    'an image, whether it is there',
    'HEAD',
    '/images/{image}',
    { expected: gone.replace(' not-found', '') },
  ],
  ['image-page', 'an image, as a page', 'GET', '/images/{image}', { headers: { Accept: 'text/html' } }],
  ['content', 'an image’s bytes', 'GET', '/images/{image}/content'],
  ['range', 'a piece of them', 'GET', '/images/{image}/content', { headers: { Range: 'bytes=0-9' } }],
  ['match', 'what is there, by a condition', 'GET', '/images/{image}', { headers: { 'If-None-Match': '*' } }],
  ['patch', 'to rename', 'PATCH', '/images/{image}', { headers: merge, body: '{"name":"x"}' }],
  ['put', 'to put other bytes', 'PUT', '/images/{image}', { headers: gif, body: onePixel }],
  ['delete', 'to delete', 'DELETE', '/images/{image}'],
  ['delete-match', 'to delete, by a condition', 'DELETE', '/images/{image}', { headers: { 'If-Match': '*' } }],
  ['notes', 'notes', 'GET', '/images/{image}/notes'],
  ['note', 'to leave a note', 'POST', '/images/{image}/notes', { headers: json, body: '{"text":"x"}' }],
  ['task', 'a task', 'GET', '/images/tasks/{task}'],
  ['task-wait', 'to wait for a task', 'GET', '/images/tasks/{task}', { headers: { Prefer: 'wait=1' } }],
  ['task-spelling', 'a task, by its other spelling', 'GET', '/images/task/{task}'],
  ['status', 'a task’s status', 'GET', '/images/tasks/{task}/status'],
  ['events', 'a task’s events', 'GET', '/images/tasks/{ended}/events'],
  [
    'events-resumed',
    'to go on listening',
    'GET',
    '/images/tasks/{ended}/events',
    { headers: { 'Last-Event-ID': '1' } },
  ],
  ['cancel', 'to cancel', 'POST', '/images/tasks/{task}/cancel'],
  ['retry', 'to try again', 'POST', '/images/tasks/{ended}/retry'],
  ['task-put', 'to fill a task', 'PUT', '/images/tasks/{task}', { headers: json, body: `{"image":"{image}",${flip}}` }],
  ['task-delete', 'to forget a task', 'DELETE', '/images/tasks/{task}'],
  ['invocation', 'an invocation', 'GET', '/images/tasks/{task}/cancel/{invocation}'],
  ['invoke', 'to invoke', 'PUT', '/images/tasks/{task}/cancel/{invocation}'],
  ['text', 'a text', 'GET', '/texts/{text}'],
  [
    'correction',
    'to correct a text',
    'POST',
    '/texts/{text}/corrections',
    { headers: json, body: '{"page":1,"text":"x"}' },
  ],
  ['alert', 'an alert', 'GET', '/alerts/{alert}'],
  ['deliveries', 'an alert’s deliveries', 'GET', '/alerts/{alert}/deliveries'],
  ['resend', 'to send an alert again', 'POST', '/alerts/{alert}/resend'],
  ['query', 'what was asked', 'GET', '/images/queries/{query}'],
  ['reservation', 'a reservation', 'GET', '/reservations/{reservation}'],
  ['give-back', 'to give a reservation back', 'DELETE', '/reservations/{reservation}'],
  [
    'reserve',
    'to reserve an invocation',
    'POST',
    '/reservations',
    { headers: json, body: '{"for":"/images/tasks/{task}/cancel"}', expected: answered('201') },
  ],
  [
    'input',
    'to work on an image',
    'POST',
    '/images/tasks',
    { headers: json, body: `{"image":"{image}",${flip}}`, expected: answered('422 invalid-member') },
  ],
  [
    'watermark',
    'to print an image onto one’s own',
    'POST',
    '/images/preview',
    {
      headers: { 'Content-Type': printed.contentType },
      body: printed.body.toString('latin1'),
      expected: answered('422 invalid-member'),
    },
  ],
  [
    'similar',
    'what is similar to an image',
    'POST',
    '/images/search',
    { headers: json, body: '{"similarTo":{"image":"{image}"}}', expected: answered('422 invalid-member') },
  ],
  ['listed', 'alerts of a task', 'GET', '/alerts?task={ended}', { expected: answered('200') }],
  ['listed-tasks', 'tasks of an image', 'GET', '/images/tasks?image={image}', { expected: answered('200') }],
  [
    'searched',
    'images by their ids',
    'POST',
    '/images/search',
    { headers: json, body: '{"ids":["{image}"]}', expected: answered('200') },
  ],
];

/** Lists and reservations name the ids that were asked for, which their ETags are made of, and end at a time from now on. */
const words = (reply: Reply): string =>
  JSON.stringify(alike(reply))
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replace(/\["etag",[^\]]*\],/, '');

/** As owner `b`: of what `a` has, and of what nobody has. */
function seen(guarded: GuardedScene, [, , method, path, { headers = {}, body = '' } = {}]: Row): Promise<string> {
  return guarded.unchanged(async () => {
    const request = { path: guarded.named(path), headers, body: guarded.named(body) };
    const other = elsewhere(request);
    const [real, invented] = [
      await guarded.owners.b.call(method, request.path, asBytes(request)),
      await guarded.owners.b.call(method, other.path, asBytes(other)),
    ];
    return `${told(real)}, ${words(real) === words(invented) ? 'as for' : 'NOT AS FOR'} what is not there`;
  });
}

const asBytes = ({ headers, body }: { headers: Record<string, string>; body: string }): CallOptions => ({
  headers,
  body: Buffer.from(body, 'latin1'),
});

export const ownerChecks = [
  ...rows.map((row) => {
    const [id, what, method, path, { headers = {}, body = '', expected = gone } = {}] = row;
    const fields = Object.entries(headers).filter(([name]) => name !== 'Content-Type');
    const shown = /\{"[^\r]*\}/.exec(body)?.[0] ?? '';
    const request = [`${method} ${path}`, ...fields.map(([name, value]) => `${name}: ${value}`), shown]
      .join(' ')
      .trim();
    return check({ id: `owner-${id}`, source, title: `another’s: ${what}`, request, expected }, ({ guarded }) =>
      seen(guarded, row),
    );
  }),
  ...['/images', '/images/tasks', '/alerts', '/reservations'].map((path) =>
    check(
      {
        id: `owner-list-${path.slice(1).replace('/', '-')}`,
        source,
        title: 'another’s in a list',
        request: `GET ${path}`,
        expected: '200, nothing of theirs',
      },
      async ({ guarded }) => {
        const ids = new Set(JSON.stringify(await guarded.owners.rowsOf('a')).match(anyId));
        const client = await guarded.service.key({ owner: 'somebody new' });
        const reply = await client.get(path);
        return `${told(reply)}, ${[...ids].some((id) => reply.text.includes(id)) ? 'SOMETHING' : 'nothing'} of theirs`;
      },
    ),
  ),
  check(
    {
      id: 'owner-bytes',
      source: 'API1, deduplication',
      title: 'whether another has stored the same bytes',
      request: 'POST /images, of bytes that another has',
      expected: '201, not 303',
    },
    async ({ guarded }) => {
      const reply = await guarded.owners.b.post('/images', await jpeg({ seed: 1 }), { 'Content-Type': 'image/jpeg' });
      return `${told(reply)}${reply.status === 201 ? ', not 303' : ''}`;
    },
  ),
  check(
    {
      id: 'owner-idempotency',
      source: 'API1, draft-ietf-httpapi-idempotency-key-header',
      title: 'another’s answer by its Idempotency-Key',
      request: 'POST /images/tasks Idempotency-Key: "k", as another has sent',
      expected: '422 invalid-member, not theirs',
    },
    async ({ guarded }) => {
      const key = { 'Idempotency-Key': `"${randomUUIDv7()}"`, 'Cache-Control': 'no-cache' };
      const order = JSON.parse(guarded.named(`{"image":"{image}",${flip}}`)) as object;
      const theirs = await guarded.owners.a.post('/images/tasks', order, key);
      const reply = await guarded.owners.b.post('/images/tasks', order, key);
      return `${explained(reply).split(' at ')[0]}, ${reply.text.includes(theirs.json.id) ? 'THEIRS' : 'not theirs'}`;
    },
  ),
];
