/** Forms and multipart messages of the boundary `xyz`, broken and odd. */
const head = (disposition: string, more = ''): string => `--xyz\r\nContent-Disposition: ${disposition}\r\n${more}\r\n`;
const field = (name: string, value: string): string => `${head(`form-data; name="${name}"`)}${value}\r\n`;
const file = (name: string, filename: string, value = 'x'): string =>
  `${head(`form-data; name="${name}"; filename="${filename}"`, 'Content-Type: image/png\r\n')}${value}\r\n`;
const end = '--xyz--\r\n';
const flip = '{"operations":[{"operation":"flip"}]}';
const part = (type: string, id: string, value: string): string =>
  `--xyz\r\nContent-Type: ${type}\r\nContent-ID: ${id}\r\n\r\n${value}\r\n`;

export const compoundTexts: readonly string[] = [
  ...[
    '',
    end,
    '--xyz',
    '--xyz\r\n',
    '--xyz\r\n\r\n',
    'preamble',
    '--xyz--',
    `\r\n${end}epilogue`,
    '--xy\r\n\r\n--xy--',
  ],
  field('task', flip),
  field('task', flip) + end,
  field('task', flip) + field('task', flip) + end,
  field('task', flip) + file('image', 'a.png') + end,
  file('image', 'a.png') + field('task', flip) + end,
  field('task', flip) + file('image', 'a.png') + file('image', 'b.png') + end,
  field('task', '{') + file('image', 'a.png') + end,
  field('task', '<task/>') + file('image', 'a.png') + end,
  file('task', 'task.json', flip) + end,
  field('', 'x') + end,
  field('__proto__', 'x') + end,
  field('a.__proto__', 'x') + end,
  field('constructor.prototype', 'x') + end,
  field('resize.width', '1e9') + file('image', 'a.png') + end,
  field('resize.__proto__', '1') + file('image', 'a.png') + end,
  field('name', '../../etc/passwd') + file('image', 'a.png') + end,
  field('name', '\u0000') + file('image', 'a.png') + end,
  field('a[b][c]', 'x') + end,
  field(`a${'[b]'.repeat(1_000)}`, 'x') + end,
  field('a', 'x').repeat(500) + end,
  file('image', '../../etc/passwd') + end,
  file('image', '\u0000.png') + end,
  file('image', 'x'.repeat(5_000)) + end,
  file('image', 'a.png', '') + end,
  file('image', '', '') + end,
  head('form-data') + end,
  head('attachment; name="a"') + end,
  head("form-data; name*=UTF-8''%ff") + end,
  head('form-data; name="a', 'X: y\r\n') + end,
  head(`form-data; name="a"; ${'x=y; '.repeat(2_000)}`) + end,
  head('form-data; name="a"', 'Content-Transfer-Encoding: base64\r\n') + end,
  head('form-data; name="a"', 'Content-Type: \r\n') + end,
  head('form-data; name="a"', `X: ${'y'.repeat(100_000)}\r\n`) + end,
  `--xyz\nContent-Disposition: form-data; name="a"\n\nx\n--xyz--\n`,
  part('application/json', '<root>', flip) + part('image/png', '<image>', 'x') + end,
  part('application/json', '<root>', flip) + part('image/png', '<root>', 'x') + end,
  part('application/json', '', flip) + end,
  part('image/png', '<image>', 'x') + end,
  part('text/html', '<root>', '<p>') + end,
  part('application/json', '<root>', '{"image":"cid:image","operations":[{"operation":"flip"}]}') + end,
  part('application/json', '<root>', '{"tasks":[{"image":"cid:none","operations":[{"operation":"flip"}]}]}') + end,
  part('application/xml', '<root>', '<!DOCTYPE a><task/>') + part('image/png', '<image>', 'x') + end,
  part('application/json', '<root>', flip).repeat(200) + end,
];

export const compoundTypes: readonly string[] = [
  'multipart/form-data; boundary=xyz',
  'multipart/form-data; boundary="xyz"',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'x'.repeat(200)}`,
  'multipart/form-data; boundary=xyz; boundary=abc',
  'multipart/form-data; boundary=\u00e9',
  'multipart/related; boundary=xyz',
  'multipart/related; boundary=xyz; type="application/json"',
  'multipart/related; boundary=xyz; start="<root>"',
  'multipart/related; boundary=xyz; start="<none>"; type=text/html',
  'multipart/mixed; boundary=xyz',
];

export const formTexts: readonly string[] = [
  ...['', '&', '=', 'a', 'a=1&a=2', '%', '%ff=%ff', 'a=%00', '%00=a', 'a[b]=1', '__proto__=1', '__proto__[polluted]=1'],
  ...['constructor.prototype=1', 'image=', 'image=/images/x', 'image=x&flip=on', 'flip=on', 'resize.width=1e9&image=x'],
  ...[
    'for=/images',
    'for=',
    'for=/images&for=/images',
    'for=http://example.com/images',
    'page=1&text=a',
    'page=x&text=',
  ],
  ...['text=a&author=b', 'text=a&id=b', 'a=b&'.repeat(5_000), `a=${'x'.repeat(100_000)}`, '+=+', 'a=b;c=d', '?text=a'],
];
