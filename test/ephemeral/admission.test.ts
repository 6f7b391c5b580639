import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import { EphemeralService } from '../../src/ephemeral/ephemeral.service.js';
import { EphemeralProcessing } from '../../src/ephemeral/ephemeral-processing.js';
import { keptBy } from '../support/nothing-left.js';
import { jpeg } from '../support/pictures.js';
import { Service } from '../support/service.js';

// One place, no line before it: and whoever holds it is a child that was stopped in the middle of its work.

let service: Service;
let before: object;
let photo: Buffer;

beforeEach(async () => {
  service = await Service.start({
    environment: { PREVIEW_CONCURRENCY: '1', PREVIEW_QUEUE_MAX: '0', PREVIEW_SECONDS_MAX: '2' },
  });
  photo = await jpeg();
  before = await keptBy(service);
});
afterEach(() => service.stop());

const processing = () => service.app.get(EphemeralProcessing, { strict: false });
const headers = { 'Content-Type': 'image/jpeg' };
const preview = () => service.client.post('/images/preview?flip=on', photo, headers);
const inspect = () => service.client.post('/images/inspect', photo, headers);

/** A child that is ready, and does nothing until it is continued. @returns its process id */
async function frozenChild(): Promise<number> {
  await processing().warm();
  const [pid] = processing().pids;
  if (pid === undefined) throw new Error('there is no child');
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** Resolves when a condition holds that the service comes to by itself. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const uploaded = async (): Promise<boolean> => JSON.stringify(await keptBy(service)) !== JSON.stringify(before);

describe('who comes when the line is full', () => {
  test.each([
    ['preview', preview],
    ['inspect', inspect],
  ] as const)('is told by %s to come again, before the image is taken in', async (_name, ask) => {
    const pid = await frozenChild();
    const first = preview();
    await until(() => service.app.get(EphemeralService, { strict: false }).underWay === 1);
    const reply = await ask();
    expect(reply.status).toBe(503);
    expect([reply.json.type, reply.headers['retry-after']]).toEqual([expect.stringContaining('/problems/busy'), '2']);
    process.kill(pid, 'SIGCONT');
    expect((await first).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect(await keptBy(service)).toEqual(before);
  });
});

describe('the wall clock', () => {
  test('ends a preview at twice what it may take; the next one has another child', async () => {
    const pid = await frozenChild();
    const reply = await preview();
    expect([reply.status, reply.json.type]).toEqual([422, expect.stringContaining('/too-much-for-a-preview')]);
    expect(reply.json.detail).toBe('It took longer than 4 s and was stopped.');
    expect((await preview()).status).toBe(200);
    expect(processing().pids).not.toContain(pid);
    expect(await keptBy(service)).toEqual(before);
  });
});

describe('a client that goes away', () => {
  test('in the middle of the work: its child is killed, and nothing is left', async () => {
    const pid = await frozenChild();
    const request = http.request(`${service.client.origin}/images/preview?flip=on`, { method: 'POST', headers });
    request.on('error', () => undefined);
    request.end(photo);
    await until(uploaded);
    request.destroy();
    await until(() => !processing().pids.includes(pid));
    await until(async () => !(await uploaded()));
    expect((await preview()).status).toBe(200);
  });

  test('in the middle of its upload: nothing is left', async () => {
    const length = { ...headers, 'Content-Length': String(photo.length) };
    const request = http.request(`${service.client.origin}/images/inspect`, { method: 'POST', headers: length });
    request.on('error', () => undefined);
    request.write(photo.subarray(0, photo.length / 2));
    await until(uploaded);
    request.destroy();
    await until(async () => !(await uploaded()));
  });
});

describe('a process that ends', () => {
  test('says so to whoever still waits, takes no new work, and leaves nothing', async () => {
    const pid = await frozenChild();
    const waiting = preview();
    await until(uploaded);
    service.draining = true;
    expect((await inspect()).json.type).toContain('/problems/draining');
    const closed = processing().close();
    const reply = await waiting;
    expect([reply.status, reply.json.type, reply.headers['retry-after']]).toEqual([
      503,
      expect.stringContaining('/problems/draining'),
      '2',
    ]);
    await closed;
    expect(() => process.kill(pid, 0)).toThrow();
    expect(await keptBy(service)).toEqual(before);
  });
});
