import { type Asked, type Caller, type Heard } from './soak-caller.js';

/** What the connections know of each other's doings: some of it, the newest. */
export interface Known {
  readonly images: string[];
  readonly tasks: string[];
  readonly scan: string;
  /** Where callbacks are received. */
  readonly receiver: string;
  readonly photograph: Buffer;
  /** Below this number, at random. */
  readonly roll: (below: number) => number;
  /** Another one each time. */
  readonly next: () => number;
}

type Action = (caller: Caller, known: Known) => Promise<unknown>;

const json = (value: object, headers: Record<string, string> = {}): Asked => ({
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache', ...headers },
  body: JSON.stringify(value),
});
const one = ({ roll }: Known, of: readonly string[]): string => of[roll(of.length)] ?? '';
const small = (known: Known): object[] => [
  { operation: 'resize', width: 8 + known.roll(40) },
  { operation: 'watermark', text: String(known.next()) },
  { operation: 'convert', format: 'webp' },
];

/** Another file each time: a comment (ITU T.81 B.2.4.5) before what is there. */
function photograph({ photograph: bytes, next }: Known): Buffer {
  const comment = Buffer.from(`\u00ff\u00fe\0\0soak ${next()}`, 'latin1');
  comment.writeUInt16BE(comment.length - 2, 2);
  return Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]);
}

function form(fields: Record<string, string>, image: Buffer): Asked {
  const part = (disposition: string, more = ''): string =>
    `--soak\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}${value}\r\n`);
  const file = part('name="image"; filename="x.jpg"', 'Content-Type: image/jpeg\r\n');
  return {
    headers: { 'content-type': 'multipart/form-data; boundary=soak', 'cache-control': 'no-cache' },
    body: Buffer.concat([Buffer.from(texts.join('') + file), image, Buffer.from('\r\n--soak--\r\n')]),
  };
}

function remember(list: string[], { location }: Heard): string {
  const path = location === '' ? '' : new URL(location).pathname;
  if (path === '') return path;
  list.push(path);
  if (list.length > 500) list.shift();
  return path;
}

async function accept(caller: Caller, known: Known, asked: Asked, at = '/images/tasks'): Promise<string> {
  const heard = await caller.call(at === '/images/tasks' ? 'POST' : 'PUT', at, { ...asked, accepts: true });
  return remember(known.tasks, heard);
}

const operations = (known: Known) => ({ image: one(known, known.images), operations: small(known) });

/** What is done, and how often of a thousand. */
export const actions: readonly (readonly [times: number, action: Action])[] = [
  [180, (caller, known) => accept(caller, known, json(operations(known)))],
  [
    50,
    (caller, known) =>
      accept(caller, known, form({ task: JSON.stringify({ operations: small(known) }) }, photograph(known))),
  ],
  [30, (caller, known) => accept(caller, known, json(operations(known), { 'idempotency-key': `"${known.next()}"` }))],
  [20, (caller, known) => accept(caller, known, json({ ...operations(known), callback: { url: known.receiver } }))],
  [
    4,
    (caller, known) =>
      accept(
        caller,
        known,
        json({
          image: known.scan,
          operations: [{ operation: 'deskew' }, { operation: 'normalise' }, { operation: 'binarise' }],
        }),
      ),
  ],
  [
    1,
    (caller, known) =>
      accept(caller, known, json({ image: known.scan, operations: [{ operation: 'ocr', languages: ['eng'] }] })),
  ],
  [20, reserveAndFill],
  [
    5,
    (caller, known) =>
      caller.call('POST', '/images/tasks/batch', json({ tasks: Array.from({ length: 10 }, () => operations(known)) })),
  ],
  [20, waitForEnd],
  [20, followEvents],
  [20, cancelAndRetry],
  [150, (caller, known) => caller.call('GET', one(known, known.tasks))],
  [
    50,
    (caller, known) =>
      caller.call('GET', `${one(known, known.tasks)}/status`, { headers: { accept: 'application/xml' } }),
  ],
  [
    40,
    async (caller, known) =>
      remember(
        known.images,
        await caller.call('POST', '/images', { headers: { 'content-type': 'image/jpeg' }, body: photograph(known) }),
      ),
  ],
  [80, (caller, known) => caller.call('GET', one(known, known.images))],
  [
    60,
    (caller, known) => caller.call('GET', `${one(known, known.images)}/content`, { headers: { range: 'bytes=0-99' } }),
  ],
  [20, (caller, known) => caller.call('GET', one(known, known.images), { headers: { accept: 'text/html' } })],
  [30, (caller) => caller.call('GET', '/images/tasks?limit=20')],
  [30, (caller) => caller.call('GET', '/images?limit=20&mediaType=image/webp')],
  [30, (caller, known) => caller.call('POST', '/images/search', json({ name: `*${known.roll(100)}*`, limit: 10 }))],
  [10, (caller) => caller.call('GET', '/alerts?limit=10')],
  [20, inspect],
  [10, preview],
  [30, note],
  [
    20,
    (caller, known) =>
      caller.call('PATCH', one(known, known.images), {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ labels: { soak: String(known.next()) } }),
      }),
  ],
  [10, resend],
  [20, (caller) => caller.call('GET', '/capabilities')],
  [5, (caller) => caller.call('GET', '/openapi.json')],
];

async function reserveAndFill(caller: Caller, known: Known): Promise<void> {
  const { text, status } = await caller.call('POST', '/reservations', json({ for: '/images/tasks' }));
  if (status !== 201) return;
  const target = new URL(String(Reflect.get(Object(JSON.parse(text)), 'target'))).pathname;
  await accept(caller, known, json(operations(known)), target);
}

async function waitForEnd(caller: Caller, known: Known): Promise<void> {
  const asked = json(operations(known));
  await caller.call('POST', '/images/tasks', { ...asked, headers: { ...asked.headers, prefer: 'wait=5' } });
}

async function followEvents(caller: Caller, known: Known): Promise<void> {
  const task = await accept(caller, known, json(operations(known)));
  if (task !== '') await caller.call('GET', `${task}/events`, { headers: { accept: 'text/event-stream' } });
}

async function cancelAndRetry(caller: Caller, known: Known): Promise<void> {
  const task = await accept(caller, known, json(operations(known)));
  if (task === '') return;
  await caller.call('POST', `${task}/cancel`);
  await caller.call('POST', `${task}/retry`);
}

async function inspect(caller: Caller, known: Known): Promise<void> {
  await caller.call('POST', '/images/inspect', { headers: { 'content-type': 'image/jpeg' }, body: photograph(known) });
}

async function preview(caller: Caller, known: Known): Promise<void> {
  await caller.call(
    'POST',
    '/images/preview',
    form({ task: JSON.stringify({ operations: small(known) }) }, photograph(known)),
  );
}

async function note(caller: Caller, known: Known): Promise<void> {
  const notes = `${one(known, known.images)}/notes`;
  await caller.call('POST', notes, json({ text: `note ${known.next()}` }));
  await caller.call('GET', notes);
}

async function resend(caller: Caller): Promise<void> {
  const { text } = await caller.call('GET', '/alerts?limit=1&state=delivered');
  const [link] = /\/alerts\/[0-9a-f-]+\/resend(?=")/.exec(text) ?? [];
  if (link !== undefined) await caller.call('POST', link);
}
