import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { findPostmaster } from '../../src/database/postmaster-file.js';
import { jpeg } from '../support/pictures.js';
import { childNamed } from '../support/process-tree.js';
import { ServiceProcess } from '../support/process.js';

/** The database that comes with the service, killed under it. */

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.start({ environment: { DATABASE_URL: '' } });
}, 90_000);
afterAll(async () => {
  // The database is in a session of its own, and ended by the process that owns it.
  await service.terminate();
  await service.stop();
});

(process.platform === 'linux' ? test : test.skip)(
  'a database that is killed is started again under processes that stay as they are, and has lost nothing',
  async () => {
    const stored = await service.client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' });
    const processes = () =>
      Promise.all([/^darkroom api/, /^darkroom worker/].map((name) => childNamed(service.pid, name)));
    const before = await processes();
    process.kill((await findPostmaster(join(service.dataDir, 'postgres')))?.pid ?? NaN, 'SIGKILL');
    const statuses = new Set<number>();
    for (let status = 0; status !== 200 || !statuses.has(503);) {
      ({ status } = await service.client.get('/images'));
      statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([200, 503]);
    expect((await service.client.get(stored.headers.location ?? '')).status).toBe(200);
    const task = { image: stored.json.id, operations: [{ operation: 'flip' }] };
    expect((await service.client.post('/images/tasks', task, { Prefer: 'wait=30' })).status).toBe(303);
    expect(await processes()).toEqual(before);
  },
  90_000,
);
