import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { style } from '../src/http/html/style.js';
import { type Reply } from './support/client.js';
import { storeText } from './support/a-text.js';
import { asBrowser, checkPage } from './support/page-check.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

// The HTML representations, and the forms in them, as a browser uses both. In a browser: browser.test.ts.

let service: Service;
let image: string;
beforeAll(async () => {
  service = await Service.start();
  image = `/images/${await service.store(await jpeg())}`;
});
afterAll(() => service.stop());

const formType = 'application/x-www-form-urlencoded';
const browse = (path: string, more: Record<string, string> = {}) => service.client.get(path, { ...asBrowser, ...more });
const submit = (path: string, fields: Record<string, string> | string, headers: Record<string, string> = {}) =>
  service.client.post(path, typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(), {
    'Content-Type': formType,
    ...headers,
  });
const pathOf = (link: string | undefined): string => new URL(link ?? '').pathname;

describe('a page', () => {
  test('is for who asks for one: JSON stays what everyone else gets', async () => {
    for (const path of ['/', '/images', image, '/images/tasks', '/alerts', '/reservations', '/capabilities']) {
      checkPage(await browse(path));
      for (const Accept of ['*/*', 'application/json']) {
        expect((await service.client.get(path, { Accept })).headers['content-type']).toBe('application/json');
      }
    }
  });

  test('shows what callers have written as text, whatever it is', async () => {
    const name = `"><script>alert('1')</script>&amp; \u05d0`;
    const stored = await service.client.post(`/images?name=${encodeURIComponent(name)}`, await jpeg({ seed: 7 }), {
      'Content-Type': 'image/jpeg',
    });
    await service.client.call('PATCH', stored.json.links.self, {
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ labels: { album: '<img src=x onerror=alert(1)>' } }),
    });
    const escaped = '&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;amp;';
    for (const path of [pathOf(stored.json.links.self), '/images']) {
      const reply = await browse(path);
      checkPage(reply);
      expect(reply.text).toContain(escaped);
      expect(reply.text).not.toContain('<img src=x');
    }
    expect((await browse(pathOf(stored.json.links.self))).text).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });

  test('of an image shows it, and of a list a look at each', async () => {
    expect((await browse(image)).text).toMatch(new RegExp(`<img[^>]* src="${image}/content"[^>]* width="64"`));
    const { text } = await browse('/images');
    expect(text).toMatch(/<img[^>]* loading="lazy"/);
  });
});

describe('the style', () => {
  /** WCAG 2.2: relative luminance of a colour such as #b3261e. */
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const colours = new Map(
    [...style.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', ...pair]) => [name, pair]),
  );

  test.each([
    ...['ink', 'soft', 'accent', 'good', 'bad'].flatMap((text) => [
      [text, 'ground'],
      [text, 'raised'],
    ]),
    ['on-accent', 'accent'],
  ])('%s can be read on %s, by day and by night', (text = '', ground = '') => {
    for (const scheme of [0, 1]) {
      const ratio = contrast(colours.get(text)?.[scheme] ?? '', colours.get(ground)?.[scheme] ?? '');
      expect(ratio).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe('a form of a task', () => {
  const operationsOf = ({ json }: Reply) => json.operations;

  test('names operations and parameters by its fields, in their order; what is empty is left out', async () => {
    const fields = {
      autorotate: 'on',
      'rotate.angle': '',
      deskew: 'on',
      'resize.width': '30',
      'resize.height': '',
      'convert.format': 'webp',
      'convert.quality': '70',
    };
    const operations = [
      { operation: 'autorotate' },
      { operation: 'deskew' },
      { operation: 'resize', width: 30 },
      { operation: 'convert', format: 'webp', quality: 70 },
    ];
    const stored = await submit('/images/tasks', { image, ...fields });
    expect([stored.status, operationsOf(stored)]).toEqual([202, operations]);
    const file = { filename: 'photo.jpg', mediaType: 'image/jpeg', bytes: await jpeg({ seed: 2 }) };
    const sent = await service.client.postForm('/images/tasks', { image: file, ...fields });
    expect([sent.status, operationsOf(sent)]).toEqual([202, operations]);
  });

  test('may have a field for all that there is, file or not, and is no longer than a document', async () => {
    const ticked = ['autorotate', 'deskew', 'denoise', 'normalise', 'despeckle', 'trim', 'flip', 'flop', 'grayscale'];
    const empty = Array.from({ length: 30 }, (_, index) => `resize.spare${index}`);
    const all = Object.fromEntries([...ticked.map((name) => [name, 'on']), ...empty.map((name) => [name, ''])]);
    const file = { filename: 'photo.jpg', mediaType: 'image/jpeg', bytes: await jpeg({ seed: 3 }) };
    for (const reply of [
      await submit('/images/tasks', { image, ...all }),
      await service.client.postForm('/images/tasks', { image: file, ...all }),
    ]) {
      expect([reply.status, operationsOf(reply)]).toEqual([202, ticked.map((operation) => ({ operation }))]);
    }
    const long = 'x'.repeat(600_000);
    const reply = await service.client.postForm('/images/tasks', { 'resize.width': long, 'resize.height': long });
    expect([reply.status, reply.json.limit]).toEqual([413, 1_048_576]);
  });

  test('adds the boxes of one name together', async () => {
    const reply = await submit('/images/tasks', `image=${image}&ocr.languages=eng&ocr.languages=deu`);
    expect(operationsOf(reply)).toEqual([{ operation: 'ocr', languages: 'eng+deu' }]);
  });

  test.each([
    ['a value that cannot be used', { image: '', 'resize.width': '0' }, 422, '/resize.width'],
    ['a parameter that is missing', { image: '', 'convert.quality': '5' }, 422, '/convert.format'],
    ['a parameter that there is not', { image: '', 'resize.wdith': '5' }, 400, '/resize.wdith'],
    ['an operation that there is not', { image: '', 'resze.width': '5' }, 400, '/resze.width'],
    ['another operation within one', { image: '', 'resize.operation': 'crop' }, 400, '/resize.operation'],
    ['a name that reaches the prototype', { image: '', 'resize.__proto__': '1' }, 400, '/resize.__proto__'],
    ['a box that is neither ticked nor left', { image: '', deskew: 'maybe' }, 422, '/deskew'],
    ['no operation', { image: '', deskew: '' }, 422, '/task'],
  ])('refuses %s at its field', async (_name, fields, status, pointer) => {
    const reply = await submit('/images/tasks', { ...fields, image });
    const pointers = reply.json.errors.map((error: { pointer: string }) => error.pointer);
    expect([reply.status, pointers]).toEqual([status, expect.arrayContaining([pointer])]);
  });

  test('refuses a broken form, a field that comes twice, and a document beside fields', async () => {
    for (const body of [`image=%E0%A4%A`, `image=${image}&image=${image}&flip=on`, 'flip=on&'.repeat(201)]) {
      expect((await submit('/images/tasks', body)).json.type).toMatch(/malformed-body$/);
    }
    const file = { filename: 'x', mediaType: 'image/jpeg', bytes: await jpeg() };
    const task = '{"operations":[{"operation":"flip"}]}';
    const both = await service.client.postForm('/images/tasks', { image: file, task, flop: 'on' });
    expect([both.status, both.json.errors[0].pointer]).toEqual([422, '/task']);
  });
});

describe('a task in a browser', () => {
  const refreshOf = ({ headers }: Reply) => headers['refresh'];

  test('comes again when Retry-After says so, at its own URI; a program is not told', async () => {
    const accepted = await submit('/images/tasks', { image, flip: 'on' }, asBrowser);
    checkPage(accepted);
    const task = accepted.headers.location ?? '';
    expect([accepted.status, refreshOf(accepted)]).toEqual([202, `${accepted.headers['retry-after']}; url=${task}`]);
    const pending = await browse(pathOf(task));
    expect(refreshOf(pending)).toBe(pending.headers['retry-after']);
    expect(pending.text).toContain(`action="${pathOf(task)}/cancel"`);
    expect(refreshOf(await service.client.get(task))).toBeUndefined();
  });

  test('is cancelled and tried again by buttons, which send nothing; a reason may be sent', async () => {
    const { headers } = await submit('/images/tasks', { image, flop: 'on' });
    const task = headers.location ?? '';
    const cancelled = await submit(`${task}/cancel`, '', asBrowser);
    checkPage(cancelled);
    expect([cancelled.status, refreshOf(cancelled)]).toEqual([200, `1; url=${task}`]);
    expect(cancelled.text).toContain(`action="${pathOf(task)}/retry"`);
    expect(refreshOf(await browse(pathOf(task)))).toBeUndefined();
    const retried = await submit(`${task}/retry`, { reason: 'once more' }, asBrowser);
    expect([retried.status, refreshOf(retried)]).toEqual([202, `1; url=${task}`]);
  });

  test('leads to its outcome; where it failed it says why, and what to do', async () => {
    const { headers } = await submit('/images/tasks', { image, 'convert.format': 'tiff' });
    const file = { filename: 'notes.txt', mediaType: 'image/png', bytes: Buffer.from('no image') };
    const broken = await service.client.postForm('/images/tasks', { image: file, flip: 'on' });
    await service.startWorker();
    const [done] = await Promise.all([service.ended(headers.location ?? ''), service.ended(broken.json.links.self)]);
    await service.stopWorker();
    const seen = await browse(pathOf(headers.location));
    expect([seen.status, seen.headers.location]).toEqual([303, done.headers.location]);
    const status = await browse(`${pathOf(headers.location)}/status`);
    checkPage(status);
    expect(status.text).toContain(`href="${pathOf(done.headers.location)}"`);
    const tiff = await browse(pathOf(done.headers.location));
    checkPage(tiff);
    expect(tiff.text).toContain('Browsers do not show image/tiff.');
    const failed = await browse(pathOf(broken.json.links.self));
    checkPage(failed);
    expect(failed.text).toMatch(/Invalid image format\.[^]*Send the image again[^]*Try again/);
  });
});

describe('other forms', () => {
  test('store an image: the page of the 201 comes again where the image is', async () => {
    const file = { filename: 'x.jpg', mediaType: 'image/jpeg', bytes: await jpeg({ seed: 21 }) };
    const reply = await service.client.postForm('/images', { image: file, name: '' }, asBrowser);
    checkPage(reply);
    expect([reply.status, reply.headers['refresh']]).toEqual([201, `1; url=${reply.headers.location}`]);
    expect((await service.client.get(reply.headers.location ?? '')).json.name).toBeUndefined();
  });

  test('reserve a URI, whose page says how it is filled', async () => {
    const reply = await submit('/reservations', { for: '/images' }, asBrowser);
    checkPage(reply);
    expect(reply.status).toBe(201);
    expect(reply.text).toContain(`--data-binary @photo.jpg ${reply.headers.location}`);
    // Its Location has no representation yet: nobody is led there.
    expect(reply.headers['refresh']).toBeUndefined();
  });

  test('correct a text; numbers are numbers, lines are lines', async () => {
    const text = `/texts/${await storeText(service.database.url)}`;
    checkPage(await browse(text));
    const kept = await submit(`${text}/corrections`, { page: '1', line: '', word: '', text: 'a\r\nb' }, asBrowser);
    checkPage(kept);
    expect([kept.status, kept.text]).toEqual([200, expect.stringContaining(`href="${text}"`)]);
    const wrong = await submit(`${text}/corrections`, { page: 'one', text: 'x' });
    expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/page']);
  });
});

describe('a file field where nothing was chosen', () => {
  const unchosen = { filename: '', mediaType: 'application/octet-stream', bytes: Buffer.alloc(0) };

  test('is one that was left out, and the refusal names it', async () => {
    for (const path of ['/images/tasks', '/images']) {
      const fields = { image: unchosen, ...(path === '/images' ? { name: '' } : { flip: 'on' }) };
      const { status, json } = await service.client.postForm(path, fields);
      expect([path, status, json.errors[0].pointer]).toEqual([path, 422, '/image']);
    }
  });

  test('is one that was filled where there are bytes, whatever it is called', async () => {
    const bytes = await jpeg();
    const stored = await service.client.postForm('/images', { image: { ...unchosen, bytes }, name: 'of no file' });
    expect([stored.status, stored.json.bytes]).toEqual([201, bytes.length]);
  });
});

describe('a refusal in a browser', () => {
  const mistake = (headers: Record<string, string>) =>
    submit('/images/tasks', { image, 'resize.width': '<b>' }, { ...asBrowser, ...headers });

  test('is a page that names the field, says what to do and leads back', async () => {
    const reply = await mistake({ Referer: `${service.client.origin}${image}?x="><b>` });
    checkPage(reply);
    expect(reply.status).toBe(422);
    expect(reply.text).toMatch(/<code>resize\.width<\/code>/);
    expect(reply.text).toContain(`href="${image}?x=%22%3E%3Cb%3E"`);
    expect(reply.text).not.toContain('<b>');
  });

  test('leads nowhere else', async () => {
    for (const Referer of ['https://evil.example/', 'javascript:alert(1)', 'nonsense']) {
      const reply = await mistake({ Referer });
      checkPage(reply);
      expect(reply.text).not.toContain('evil');
    }
  });

  test('stays a problem document for everyone else', async () => {
    for (const Accept of ['*/*', 'application/json', 'image/png']) {
      const reply = await service.client.get('/nothing', { Accept });
      expect(reply.headers['content-type']).toBe('application/problem+json');
    }
    const page = await browse('/nothing');
    checkPage(page);
    expect([page.status, page.headers['cache-control']]).toEqual([404, 'no-store']);
  });
});
