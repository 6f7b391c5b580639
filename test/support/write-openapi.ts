import { writeFile } from 'node:fs/promises';
import { Service } from './service.js';
import { startTestServer, stopTestServer } from './template-database.js';

/** `npm run openapi`: writes the document that is committed. A stale one fails test/openapi.test.ts. */
await startTestServer();
const service = await Service.start();
const { text } = await service.client.call('GET', '/openapi.json', { unchecked: true });
await writeFile('openapi.json', `${text}\n`);
await service.stop();
await stopTestServer();
