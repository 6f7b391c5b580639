import { expect } from '@jest/globals';
import { hash } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';
import { type Reply } from './client.js';

/** What a browser says that it likes. */
export const asBrowser = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
};

/** Whether an answer is a page as all pages are to be: sound markup, accessible, nothing in it that runs. */
export function checkPage({ headers, text }: Reply): void {
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  checkPolicy(String(headers['content-security-policy']), text);
  expect(headers['x-content-type-options']).toBe('nosniff');
  // Tags that are closed, attributes in quotes: the pages are XML but for attributes without a value.
  const [, body = ''] = /^<!doctype html>\s*(<html lang="en">[^]*<\/html>)\s*$/.exec(text) ?? [];
  expect(XMLValidator.validate(body, { allowBooleanAttributes: true })).toBe(true);
  expect(text).toMatch(/<title>[^<]+<\/title>/);
  for (const landmark of ['header', 'main', 'footer', 'h1']) expect(count(text, `<${landmark}[ >]`)).toBe(1);
  const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
  levels.forEach((level, index) => expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1));
  expect(text.match(/<script|<iframe|<[^>]+ on[a-z]+="|<[^>]+ style="|javascript:/i)).toBeNull();
  checkParts(text);
}

function checkPolicy(policy: string, text: string): void {
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(text) ?? [];
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
}

function checkParts(text: string): void {
  for (const [image] of text.matchAll(/<img[^>]*>/g)) expect(image).toMatch(/alt="/);
  for (const [table] of text.matchAll(/<table[^]*?<\/table>/g)) {
    expect(table).toMatch(/<caption>[^<]+<\/caption>/);
    expect(table).not.toMatch(/<th(?! scope="(col|row)")[^a-z]/);
  }
  // Every field stands within its label; what is hidden needs none.
  const unlabelled = text.replaceAll(/<label[^]*?<\/label\s*>/g, '');
  expect(unlabelled.match(/<select|<textarea|<input(?![^>]*type="hidden")[^>]*>/)).toBeNull();
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

const count = (text: string, pattern: string): number => [...text.matchAll(new RegExp(pattern, 'g'))].length;
