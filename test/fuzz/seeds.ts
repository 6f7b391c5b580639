import { type BodySpec } from '../../src/http/contract.js';
import { contractRows } from '../../src/http/rows.js';
import { formData, related } from '../support/client.js';
import { type Known, type Sample, samples } from '../support/samples.js';
import { type Message, messageOf } from './message.js';

/** A request that its row takes, which mutations start from. */
export interface Seed {
  readonly row: string;
  readonly message: Message;
}

/** Each contract row's sample, the examples of its document, and richer bodies of those that take much. Always as many, in one order. */
export function seedsOf(known: Known): Seed[] {
  const sampled = samples(known);
  return contractRows().flatMap(({ id, method, accepts = {} }) => {
    const sample = sampled[id];
    if (sample === undefined) throw new Error(`test/support/samples.ts has no request for ${id}`);
    const more = [...Object.entries<BodySpec>(accepts).flatMap(exampleOf), ...(richer(known)[id] ?? [])];
    const all = [sample, ...more.map((each) => ({ ...sample, ...each }))];
    return all.map((each) => ({ row: id, message: messageOf(method, each) }));
  });
}

function exampleOf([type, { example }]: [string, BodySpec]): Omit<Sample, 'path'>[] {
  if (example === undefined || type.startsWith('multipart/')) return [];
  const headers = { 'Content-Type': type };
  if (typeof example === 'string') return [{ headers, body: example }];
  return type.endsWith('urlencoded')
    ? [{ headers, body: new URLSearchParams(example as Record<string, string>).toString() }]
    : [{ headers, body: JSON.stringify(example) }];
}

/** Parameters of many kinds: mutations put others in their places. */
const operations = [
  { operation: 'autorotate' },
  { operation: 'crop', left: 1, top: 1, width: 40, height: 30 },
  { operation: 'resize', width: 20, height: 20, fit: 'cover', position: 'attention', kernel: 'nearest' },
  { operation: 'rotate', angle: 12.5, background: '#ff000080' },
  { operation: 'extend', top: 2, left: 2, with: 'mirror' },
  { operation: 'modulate', brightness: 1.1, saturation: 0.9, hue: 30 },
  { operation: 'blur', sigma: 1 },
  { operation: 'sharpen', sigma: 1 },
  { operation: 'gamma', gamma: 2 },
  { operation: 'tint', color: 'maroon' },
  { operation: 'watermark', text: 'a', opacity: 0.5 },
  { operation: 'deskew' },
  { operation: 'trim', threshold: 10 },
  { operation: 'convert', format: 'webp', quality: 70 },
];

function richer({ imageId, image }: Known): Record<string, Omit<Sample, 'path'>[]> {
  const json = (value: object) => ({
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });
  const callback = { url: 'https://receiver.example/', format: 'json' };
  const task = { image: imageId, operations, callback, resultTtl: 60, taskTtl: 60, name: 'a' };
  const file = { filename: 'x.jpg', mediaType: 'image/jpeg', bytes: image };
  const ofForm = ({ contentType, body }: { contentType: string; body: Buffer }) => ({
    headers: { 'Content-Type': contentType },
    body,
  });
  const parts = [
    { mediaType: 'application/json', contentId: 'root', bytes: JSON.stringify({ operations }) },
    { mediaType: 'image/jpeg', contentId: 'image', bytes: image },
  ];
  const asTask = [json(task), ofForm(formData({ task: JSON.stringify({ operations }), image: file }))];
  const filters = {
    ids: [imageId],
    name: 'a*',
    mediaTypes: ['image/png'],
    labels: { a: 'b*' },
    width: { atLeast: 1, atMost: 9_000 },
    createdAfter: '2026-01-01T00:00:00Z',
    text: 'invoice "darkroom ltd" -draft',
    digests: ['a'.repeat(64)],
    limit: 10,
  };
  return {
    createTask: [...asTask, ofForm(related(parts, '; type="application/json"'))],
    putTask: asTask,
    createTasks: [json({ tasks: [task, { image: imageId, operations: [{ operation: 'ocr', languages: ['eng'] }] }] })],
    createImage: [ofForm(formData({ name: 'a', image: file })), ofForm(related(parts.slice(1)))],
    inspectImage: [ofForm(formData({ image: file }))],
    previewImage: [ofForm(formData({ task: JSON.stringify({ operations }), image: file }))],
    searchImages: [json(filters)],
    queryImages: [json(filters)],
    patchImage: [
      {
        headers: { 'Content-Type': 'application/merge-patch+json' },
        body: '{"name":"n","labels":{"a":null,"c":"d"},"expires":"2030-01-01T00:00:00Z"}',
      },
    ],
    createCorrection: [json({ page: 1, line: 1, word: 1, text: 'better' })],
    createNote: [{ headers: { 'Content-Type': 'text/plain' }, body: 'a note' }],
  };
}
