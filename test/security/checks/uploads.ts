import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { formData } from '../../support/client.js';
import { png } from '../../support/pictures.js';
import { check, explained, told } from '../check.js';
import { type Scene } from '../scene.js';

const source = 'OWASP File Upload Cheat Sheet';

/** What is none of the formats that are read, whatever it is called. */
const zip = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), deflateRawSync(Buffer.alloc(1_000_000))]);
const others: readonly [id: string, title: string, bytes: Buffer | string][] = [
  ['svg', 'a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  [
    'svg-file',
    'a drawing that includes a file',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
  ],
  ['pdf', 'a PDF', '%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj'],
  ['html', 'a page', '<!doctype html><script>alert(1)</script>'],
  ['php', 'PHP behind the first bytes of a GIF', 'GIF89a<?php system($_GET[0]); ?>'],
  ['elf', 'a program', Buffer.from('7f454c4602010100', 'hex')],
  ['exe', 'a program of Windows', 'MZ\u0090\u0000\u0003'],
  ['sh', 'a shell script', '#!/bin/sh\nid\n'],
  ['zip', 'an archive', zip],
  [
    'mvg',
    'ImageMagick’s drawing language',
    "push graphic-context\nfill 'url(https://example.com/|id)'\npop graphic-context",
  ],
  ['msl', 'ImageMagick’s script language', '<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>'],
  ['eps', 'PostScript', '%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file'],
  ['m3u8', 'a playlist that names a file', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
  ['text', 'text', 'This is no image.'],
  ['nothing', 'zeros', Buffer.alloc(1_000)],
];

/** Names that files have been given so that they go where they should not. */
const names: readonly string[] = [
  ...[
    '../../../etc/passwd',
    '..\\..\\boot.ini',
    '/etc/passwd',
    'C:\\x.png',
    '%2e%2e%2fx.png',
    'x.png%00.php',
    '.htaccess',
  ],
  ...[
    'con.png',
    'x.php.png',
    'x.png;.php',
    '<img src=x onerror=alert(1)>.png',
    '$(id).png',
    '; rm -rf x',
    'x'.repeat(4_000),
  ],
];

async function nameOf(scene: Scene, filename: string, seed: number): Promise<string> {
  const image = { filename, mediaType: 'image/png', bytes: await png({ seed: 1_000 + seed }) };
  const { contentType, body } = formData({ image });
  const reply = await scene.call('POST', '/images', { headers: { 'Content-Type': contentType }, body });
  if (reply.status !== 201) return explained(reply);
  const content = await scene.get(`/images/${reply.json.id}/content`);
  const stored = /^\/images\/[0-9a-f-]{36}$/.test(new URL(reply.headers.location ?? '').pathname);
  const disposition = String(content.headers['content-disposition']).replaceAll(reply.json.id, '{id}');
  return `201, ${stored ? 'under an id' : 'ELSEWHERE'}, Content-Disposition: ${disposition}`;
}

export const uploadChecks = [
  ...others.map(([id, title, bytes]) =>
    check(
      {
        id: `type-${id}`,
        source,
        title: `${title}, called a PNG`,
        request: 'POST /images (image/png)',
        expected: ['svg', 'svg-file', 'pdf'].includes(id) ? '415 unsupported-media-type' : '422 unreadable-image',
      },
      async (scene) =>
        told(
          await scene.call('POST', '/images', { headers: { 'Content-Type': 'image/png' }, body: Buffer.from(bytes) }),
        ),
    ),
  ),
  ...names.map((filename, at) =>
    check(
      {
        id: `filename-${at + 1}`,
        source,
        title: 'a file name that leads elsewhere',
        request: `POST /images filename="${filename.slice(0, 40)}"`,
        expected: '201, under an id',
      },
      (scene) => nameOf(scene, filename, at),
    ),
  ),
  check(
    {
      id: 'size-announced',
      source,
      title: 'more bytes than are taken, announced',
      request: 'POST /images Content-Length: 99999999999',
      expected: '413 body-too-large',
    },
    async (scene) =>
      told(
        await scene.call('POST', '/images', {
          headers: { 'Content-Type': 'image/png', 'Content-Length': '99999999999' },
          body: Buffer.alloc(0),
        }),
      ),
  ),
  check(
    {
      id: 'size-chunked',
      source,
      title: 'more bytes than are taken, not announced',
      request: 'POST /images Transfer-Encoding: chunked, 3 MB',
      expected: '413 body-too-large',
    },
    async (scene) =>
      told(
        await scene.call('POST', '/images', {
          headers: { 'Content-Type': 'image/png', 'Transfer-Encoding': 'chunked' },
          body: Readable.from([Buffer.alloc(3_000_000)]),
        }),
      ),
  ),
  check(
    {
      id: 'digest',
      source: 'RFC 9530',
      title: 'other bytes than their digest',
      request: 'POST /images Content-Digest: sha-256=:AAA…:',
      expected: '400 digest-mismatch',
    },
    async (scene) =>
      told(
        await scene.call('POST', '/images', {
          headers: {
            'Content-Type': 'image/png',
            'Content-Digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:`,
          },
          body: await png({ seed: 77 }),
        }),
      ),
  ),
];
