import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, themes } from './catalogue.js';
import { documentOf } from './document.js';
import { Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.stop());

const seen = new Map<string, string>();

describe.each(themes)('$title', ({ checks }) => {
  test.each(checks.map((each) => [each.id, each] as const))('%s', async (id, { see, expected }) => {
    const what = await see(scene);
    seen.set(id, what);
    expect(what.slice(0, expected.length)).toBe(expected);
    expect((await scene.get('/livez')).status).toBe(200);
  });
});

test('each check has an id of its own', () => {
  const ids = catalogue.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test('docs/security.md tells what is seen: `npm run checks` writes it', () => {
  expect(readFileSync(join(process.cwd(), 'docs/security.md'), 'utf8')).toBe(documentOf(seen));
});
