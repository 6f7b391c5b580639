import { mkdir, writeFile } from 'node:fs/promises';
import { startTestServer, stopTestServer } from '../support/template-database.js';
import { catalogue } from './catalogue.js';
import { documentOf } from './document.js';
import { Scene } from './scene.js';

/** `npm run checks`: tries everything, and writes docs/security.md. */
await startTestServer();
const scene = await Scene.open();
const seen = new Map<string, string>();
for (const { id, see, expected } of catalogue) {
  const what = await see(scene);
  seen.set(id, what);
  if (!what.startsWith(expected)) {
    console.error(`${id}: expected ${expected}, seen ${what}`);
    process.exitCode = 1;
  }
}
await scene.stop();
await stopTestServer();
await mkdir('docs', { recursive: true });
await writeFile('docs/security.md', documentOf(seen));
console.log(`${catalogue.length} checks: docs/security.md`);
