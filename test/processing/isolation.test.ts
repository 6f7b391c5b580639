import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';

/** All modules of ours, and the packages, that are loaded with a compiled module. */
function loadedWith(module: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(module.href)) return seen;
  seen.add(module.href);
  for (const [, name = ''] of readFileSync(module, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)) {
    if (name.startsWith('.')) loadedWith(new URL(name, module), seen);
    else seen.add(name);
  }
  return seen;
}

const compiled = (name: string) => new URL(`../../src/processing/${name}.js`, import.meta.url);

test.each(['processing', 'operations', 'sniff'])('%s, which parents load, does not load sharp', (name) => {
  expect([...loadedWith(compiled(name))]).not.toContain('sharp');
});

test('child does', () => {
  expect([...loadedWith(compiled('child'))]).toContain('sharp');
});
