import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { cases } from '../../src/guide/cases.js';
import { allOf, CaseRecorder, type Exchange } from './case-recorder.js';
import { guideTables, withTables } from './guide-tables.js';
import { startTestServer, stopTestServer } from './template-database.js';

/** `npm run examples`: records what the guide to POST shows, and writes its tables into the README. Stale ones fail a test. */
await startTestServer();
const recorder = await CaseRecorder.open();
const recorded: Record<string, Exchange[]> = {};
for (const each of allOf(cases)) recorded[each.id] = await recorder.record(each);
await recorder.close();
await stopTestServer();
await writeFile(
  'src/guide/exchanges.json',
  await format(JSON.stringify(recorded), { parser: 'json', printWidth: 120 }),
);
const readme = await readFile('README.md', 'utf8');
await writeFile('README.md', withTables(readme, guideTables(cases, recorded)));
