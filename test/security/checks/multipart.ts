import { check, explained } from '../check.js';

const form = 'multipart/form-data; boundary=xyz';
const part = (disposition: string, more = '', content = 'x'): string =>
  `--xyz\r\nContent-Disposition: ${disposition}\r\n${more}\r\n${content}\r\n`;
const end = '--xyz--\r\n';

const multiparts: readonly [id: string, title: string, shown: string, type: string, body: string, expected: string][] =
  [
    ['boundary', 'no boundary', 'Content-Type: multipart/form-data', 'multipart/form-data', end, '400 malformed-body'],
    [
      'long-boundary',
      'a boundary of 200 characters',
      'boundary=xxx…',
      `multipart/form-data; boundary=${'x'.repeat(200)}`,
      end,
      '400 malformed-body',
    ],
    [
      'parts',
      '10,000 parts',
      '--xyz … --xyz …',
      form,
      part('form-data; name="a"').repeat(10_000) + end,
      '400 unknown-member',
    ],
    [
      'header',
      'a part’s header of a megabyte',
      'X: yyy…',
      form,
      part('form-data; name="image"', `X: ${'y'.repeat(1_000_000)}\r\n`) + end,
      '400 malformed-body',
    ],
    [
      'nameless',
      'a part without a name',
      'Content-Disposition: form-data',
      form,
      part('form-data') + end,
      '400 malformed-body',
    ],
    [
      'empty-name',
      'a part whose name is empty',
      'name=""',
      form,
      part('form-data; name=""') + end,
      '400 malformed-body',
    ],
    [
      'nested',
      'a name that is sixteen deep',
      'name="a[b][b][b]…"',
      form,
      part(`form-data; name="a${'[b]'.repeat(16)}"`) + end,
      '400 unknown-member',
    ],
    [
      'proto',
      'a part named __proto__',
      'name="__proto__"',
      form,
      part('form-data; name="__proto__"') + end,
      '400 unknown-member',
    ],
    [
      'unfinished',
      'the last boundary is missing',
      '--xyz …',
      form,
      part('form-data; name="image"; filename="a"'),
      '400 malformed-body',
    ],
    [
      'images',
      'two images',
      'name="image" twice',
      form,
      part('form-data; name="image"; filename="a"').repeat(2) + end,
      '400 malformed-body',
    ],
    [
      'unknown',
      'a field that means nothing',
      'name="path"',
      form,
      part('form-data; name="path"', '', '/etc') + end,
      '400 unknown-member',
    ],
    [
      'encoding',
      'a transfer encoding',
      'Content-Transfer-Encoding: base64',
      form,
      part('form-data; name="image"; filename="a"', 'Content-Transfer-Encoding: base64\r\n') + end,
      '415 unsupported-media-type',
    ],
    [
      'lf',
      'line ends of LF alone',
      '--xyz⏎…',
      form,
      (part('form-data; name="image"; filename="a"') + end).replaceAll('\r\n', '\n'),
      '400 malformed-body',
    ],
  ];

export const multipartChecks = [
  ...multiparts.map(([id, title, shown, type, body, expected]) =>
    check({ id: `multipart-${id}`, source: 'API4', title, request: `POST /images ${shown}`, expected }, async (scene) =>
      explained(await scene.call('POST', '/images', { headers: { 'Content-Type': type }, body: Buffer.from(body) })),
    ),
  ),
];
