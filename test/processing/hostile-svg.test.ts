import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extraFormats } from '../../src/processing/formats.js';
import { type ProcessingResult } from '../../src/processing/processing.js';
import { blackRows, png } from './hostile-files.js';
import { quarters, Workbench } from './workbench.js';
import { ChildMemory } from './child-memory.js';

/** Drawings that want to be let out, or to burn what is there. */
let bench: Workbench;
let memory: ChildMemory;
let canary: Server;
let origin: string;
let pipe: string;
let hits = 0;

beforeAll(async () => {
  bench = await Workbench.open({ size: 1, limits: { formatsExtra: extraFormats, timeoutMs: 4_000 } });
  memory = new ChildMemory(bench.processing);
  canary = createServer((_, response) => {
    hits += 1;
    response.end();
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
  // Whoever opened it would wait for a writer, past the limit of time: an answer in time means that nobody did.
  pipe = bench.at('pipe.png');
  execFileSync('mkfifo', [pipe]);
});
afterAll(async () => {
  memory.stop();
  canary.close();
  await bench.close();
});

const fate = async (content: string | Buffer): Promise<ProcessingResult> =>
  bench.processing.process({
    input: await bench.file(content),
    output: bench.at('fate.png'),
    operations: [{ operation: 'flip' }],
  });

const svg = (inner: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90" ${attributes}>${inner}</svg>`;
const image = (href: string): string => svg(`<image href="${href}" width="90" height="90"/>`);
const data = (type: string, content: string | Buffer): string =>
  `data:${type};base64,${Buffer.from(content).toString('base64')}`;

test('the canaries sing', async () => {
  await fetch(origin);
  expect(hits).toBe(1);
  hits = 0;
});

describe('what leads outside is refused, whatever hides it', () => {
  const targets = (): [string, string][] => [
    ['http', `${origin}/x.png`],
    ['file:', `file://${pipe}`],
    ['path', pipe],
    ['relative path', 'pipe.png'],
    ['other scheme', 'ftp://127.0.0.1/x.png'],
  ];
  const wrappings: [string, (target: string) => string][] = [
    ['image', image],
    ['image, xlink', (target) => svg(`<image xlink:href="${target}" width="9" height="9"/>`)],
    [
      'image of another prefix',
      (target) =>
        svg(
          `<s:image xmlns:s="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" l:href='${target}'/>`,
        ),
    ],
    ['use', (target) => svg(`<use href="${target}#a"/>`)],
    [
      'feImage',
      (target) =>
        svg(`<filter id="f"><feImage href="${target}"/></filter><rect width="9" height="9" filter="url(#f)"/>`),
    ],
    [
      'gradient',
      (target) => svg(`<linearGradient id="g" href="${target}#g"/><rect width="9" height="9" fill="url(#g)"/>`),
    ],
    ['fill', (target) => svg(`<rect width="9" height="9" fill="url(${target}#g)"/>`)],
    ['style', (target) => svg(`<rect width="9" height="9" style="fill:url('${target}#g')"/>`)],
    ['style sheet', (target) => svg(`<style>rect { fill: url("${target}") }</style><rect width="9" height="9"/>`)],
    ['import', (target) => svg(`<style><![CDATA[@import "${target}";]]></style>`)],
    ['font', (target) => svg(`<style>@font-face { font-family: a; src: url(${target}) }</style>`)],
    ['processing instruction', (target) => `<?xml-stylesheet href="${target}"?>${svg('')}`],
    ['DOCTYPE', (target) => `<!DOCTYPE svg SYSTEM "${target}" [ ]>${svg('')}`],
    ['entity', (target) => `<!DOCTYPE svg [<!ENTITY e SYSTEM "${target}">]>${svg('<text>&e;</text>')}`],
    ['parameter entity', (target) => `<!DOCTYPE svg [<!ENTITY % e SYSTEM "${target}"> %e;]>${svg('')}`],
    ['base', (target) => svg('<image href="#a"/>', `xml:base="${target}"`)],
    ['reference by number', (target) => image([...target].map((letter) => `&#${letter.charCodeAt(0)};`).join(''))],
    ['SVG in a data URL', (target) => image(data('image/svg+xml', image(target)))],
    ['SVG in a data URL that says PNG', (target) => image(data('image/png', image(target)))],
    [
      'comments that are none, in strings',
      (target) => svg(`<style>a { content: "/*" } rect { fill: url(${target}) } b { content: "*/" }</style>`),
    ],
    ['a comment that is none, in a URL', (target) => svg(`<style>a{fill:url(/*)}b{fill:url(${target})}/*)</style>`)],
    ['escapes in a style', (target) => svg(`<rect style="fill:u\\72l(${target})"/>`)],
  ];

  test.each(wrappings)('%s', async (_, wrap) => {
    for (const [name, target] of targets()) {
      expect([name, await fate(wrap(target))]).toEqual([
        name,
        expect.objectContaining({ ok: false, reason: 'invalid-image' }),
      ]);
    }
    expect(hits).toBe(0);
  });

  test('an inclusion is not followed', async () => {
    const include = `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://${pipe}" parse="text"/>`;
    expect(await fate(svg(include))).toMatchObject({ ok: false, reason: 'invalid-image' });
  });

  test.each([
    ['a script', svg('<script>alert(1)</script>')],
    ['a handler', svg('<rect width="9" height="9" onclick="alert(1)"/>')],
    ['UTF-16', Buffer.from(`\ufeff${image('http://127.0.0.1:9/')}`, 'utf16le')],
    ['another encoding', `<?xml version="1.0" encoding="UTF-7"?>${svg('')}`],
  ])('%s', async (_, content) => {
    expect(await fate(content)).toMatchObject({ ok: false, reason: 'invalid-image' });
  });
});

describe('what an honest drawing has is taken', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['an image of its own', async () => image(data('image/png', await quarters().toBuffer()))],
    ['a link', () => svg('<a href="https://example.org/"><rect width="9" height="9"/></a>')],
    [
      'a DOCTYPE that names the standard',
      () =>
        `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${svg('')}`,
    ],
    [
      'a URL in a text',
      () => svg('<title>@import url(http://example.org/)</title><text y="20">url(http://example.org/)</text>'),
    ],
    ['parts of itself', () => svg('<defs><g id="a"><rect width="9" height="9"/></g></defs><use href="#a"/>')],
  ])('%s', async (_, make) => {
    expect(await fate(await make())).toMatchObject({ ok: true });
  });
});

describe('a bomb', () => {
  const limited = { ok: false, reason: expect.stringMatching(/^(invalid-image|too-large|timeout)$/) };

  test('a billion laughs', async () => {
    const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY a${level + 1} "${`&a${level};`.repeat(10)}">`);
    const doctype = `<!DOCTYPE svg [<!ENTITY a0 "ha">${entities.join('')}]>`;
    expect(await fate(`${doctype}${svg('<text>&a9;</text>')}`)).toMatchObject({ ok: false, reason: 'invalid-image' });
  });

  test('uses of uses of uses, a billion of them', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `<g id="a${level + 1}">${`<use href="#a${level}"/>`.repeat(10)}</g>`,
    );
    expect(
      await fate(svg(`<defs><rect id="a0" width="9" height="9"/>${levels.join('')}</defs><use href="#a9"/>`)),
    ).toMatchObject(limited);
  });

  test('elements nested a hundred thousand deep', async () => {
    expect(await fate(svg('<g>'.repeat(100_000) + '</g>'.repeat(100_000)))).toMatchObject({
      reason: 'too-large',
      detail: 'The SVG is nested deeper than 200 elements.',
    });
  });

  test('filters that never end are ended', async () => {
    const noise = '<feTurbulence baseFrequency="0.9" numOctaves="9000"/>'.repeat(50);
    const large = svg(`<filter id="f">${noise}</filter><rect width="6000" height="6000" filter="url(#f)"/>`).replaceAll(
      '"90"',
      '"6000"',
    );
    expect(await fate(large)).toMatchObject({
      ok: false,
      reason: 'timeout',
      detail: 'It took longer than 4 s and was stopped.',
    });
    expect(await fate(svg(''))).toMatchObject({ ok: true });
  });

  // Each would take a checker that looks at letters twice minutes, or its stack.
  const many = (piece: string): string => piece.repeat(Math.floor(3_000_000 / piece.length));
  test.each<[string, string]>([
    ['a name without end', `<svg xmlns="http://www.w3.org/2000/svg"><${many('a')}`],
    ['quotes without end', `<svg xmlns="http://www.w3.org/2000/svg"><a ${many('""')}`],
    ['an attribute without a value', svg(`<a ${many('a')}/>`)],
    ['a comment without end', `<svg xmlns="http://www.w3.org/2000/svg"><!--${many(' -')}`],
    ['comments in a style without end', svg(`<style>${many('/* ')}@import "x"</style>`)],
  ])('%s', async (_, content) => {
    expect(await fate(content)).toMatchObject({ ok: false, reason: 'invalid-image' });
  });

  test('a comment as long as can be is none', async () => {
    expect(await fate(svg(`<!--${many('x')}-->`))).toMatchObject({ ok: true });
  });

  test.each([
    ['elements', svg(many('<g/>')), 'The SVG has more than 100000 elements.'],
    ['letters', svg(`<text>${many('Ω')}</text>`), 'The SVG has more than 100000 letters of text.'],
  ])('%s by the million', async (_, content, detail) => {
    expect(await fate(content)).toEqual({ ok: false, reason: 'too-large', detail });
  });

  test('layers upon layers are ended where they take too much memory', async () => {
    const floods = Array.from({ length: 20 }, (_, layer) => `<feFlood flood-opacity="0.5" result="r${layer}"/>`);
    const merged = floods.map((_, layer) => `<feMergeNode in="r${layer}"/>`).join('');
    const filter = `<filter id="f" x="0" y="0" width="1" height="1">${floods.join('')}<feMerge>${merged}</feMerge></filter>`;
    const large = svg(`${filter}<rect width="7000" height="7000" filter="url(#f)"/>`).replaceAll('"90"', '"7000"');
    // Of less memory, so that it is at its end long before the time is.
    const small = await Workbench.open({ size: 1, limits: { formatsExtra: extraFormats, memoryMax: 300 * 2 ** 20 } });
    const [input, output, operations] = [await small.file(large), small.at('x'), [{ operation: 'flip' }]];
    const end = await small.processing.process({ input, output, operations });
    await small.close();
    const detail = 'It took more than 300 MiB of memory, the limit, and was stopped. A smaller image takes less.';
    expect(end).toEqual({ ok: false, reason: 'too-large', detail });
  });

  test('an image within that is larger than any may be', async () => {
    const bomb = png(18_000, 18_000, await blackRows(18_000, 18_000));
    expect(await fate(image(data('image/png', bomb)))).toMatchObject({
      reason: 'too-large',
      detail: 'The images in the SVG have 324 megapixels; the limit is 50 megapixels.',
    });
  });

  test('ten megabytes and more', async () => {
    expect(await fate(svg(`<desc>${'x'.repeat(10_000_000)}</desc>`))).toMatchObject({ reason: 'too-large' });
  });

  test('no child had a gigabyte', () => {
    memory.look();
    expect(memory.peak).toBeLessThan(2 ** 30);
  });
});
