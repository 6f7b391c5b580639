import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client } from './support/client.js';
import { EventSource } from './support/event-source.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
let image: string;

beforeAll(async () => {
  service = await Service.start();
  client = service.client;
  image = await service.store(await jpeg());
});
afterAll(() => service.stop());

const accept = async (operations: object[] = [{ operation: 'flip' }], source = image): Promise<string> =>
  (await client.post('/images/tasks', { image: source, operations })).headers.location ?? '';

describe('GET /images/tasks/{id}/events', () => {
  test('tells the task as it is, every change, and the end; then it closes', async () => {
    const uri = await accept();
    const source = await EventSource.open(`${uri}/events`);
    expect(source.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      vary: 'Accept',
    });
    await source.until(({ type }) => type === 'progress');
    await client.call('POST', `${uri}/cancel`);
    await source.closed;
    expect(source.events.map(({ type, data }) => [type, data.state])).toEqual([
      ['progress', 'pending'],
      ['end', 'cancelled'],
    ]);
    const ids = source.events.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(source.events.at(-1)?.data).toEqual((await client.get(`${uri}/status`)).json);
  });

  test('does not repeat what a client has seen, and tells it the end that it has missed', async () => {
    const uri = await accept();
    const first = await EventSource.open(`${uri}/events`);
    const { id } = await first.until(({ type }) => type === 'progress');
    first.close();
    const second = await EventSource.open(`${uri}/events`, { 'Last-Event-ID': String(id) });
    await client.call('POST', `${uri}/cancel`);
    await second.closed;
    expect(second.events.map(({ type }) => type)).toEqual(['end']);
    const third = await EventSource.open(`${uri}/events`, { 'Last-Event-ID': String(id) });
    await third.closed;
    expect(third.events).toEqual(second.events);
  });

  test('answers 204 to a client that has seen the end, and the end to one that comes late', async () => {
    const uri = await accept();
    await client.call('POST', `${uri}/cancel`);
    const late = await client.get(`${uri}/events`);
    expect([late.status, late.text]).toEqual([
      200,
      expect.stringMatching(/^retry: \d+\n\nid: \d+\nevent: end\ndata: /),
    ]);
    const [, id = ''] = /^id: (\d+)$/m.exec(late.text) ?? [];
    expect((await client.get(`${uri}/events`, { 'Last-Event-ID': id })).status).toBe(204);
    // An id that is none of ours says nothing, nor does one that is yet to come.
    for (const unknown of ['x', '999']) {
      expect((await client.get(`${uri}/events`, { 'Last-Event-ID': unknown })).text).toContain('event: end');
    }
  });

  test('goes on in another round where the task is tried again', async () => {
    const uri = await accept();
    await client.call('POST', `${uri}/cancel`);
    const seen = /^id: (\d+)$/m.exec((await client.get(`${uri}/events`)).text)?.[1] ?? '';
    await client.call('POST', `${uri}/retry`);
    const source = await EventSource.open(`${uri}/events`, { 'Last-Event-ID': seen });
    expect(await source.until(() => true)).toMatchObject({ type: 'progress', data: { state: 'pending' } });
    source.close();
  });

  test('ends where the task is forgotten, and where the process shuts down', async () => {
    const [forgotten, kept] = [await accept(), await accept()];
    const sources = await Promise.all([forgotten, kept].map((uri) => EventSource.open(`${uri}/events`)));
    await Promise.all(sources.map((source) => source.until(({ type }) => type === 'progress')));
    await client.call('DELETE', forgotten);
    await sources[0]?.closed;
    service.release();
    await sources[1]?.closed;
    expect(sources.map(({ events }) => events.length)).toEqual([1, 1]);
  });

  test('keeps nothing of clients that went away before it began', async () => {
    const uri = await accept();
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const request = http.get(`${uri}/events`, { agent: false });
        request.on('error', () => undefined);
        await once(request, 'socket');
        await new Promise((resolve) => setTimeout(resolve, index % 10));
        request.destroy();
      }),
    );
    // Everything that was begun is over.
    const source = await EventSource.open(`${uri}/events`);
    await source.until(({ type }) => type === 'progress');
    source.close();
    while (service.watching > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('is for those who accept events, and for tasks that are there', async () => {
    expect((await client.get(`${await accept()}/events`, { Accept: 'application/json' })).status).toBe(406);
    const minted = (await client.call('POST', '/images/tasks')).headers.location ?? '';
    expect((await client.get(`${minted}/events`)).json.type).toMatch(/empty-slot$/);
  });
});

describe('with a worker', () => {
  beforeAll(() => service.startWorker());

  test('tells the start, how far it is, and the outcome', async () => {
    const large = await service.store(await png({ width: 1800, height: 1200 }), 'image/png');
    const turns = [3, 5, 7, 11].map((angle) => ({ operation: 'rotate', angle }));
    const uri = await accept([...turns, { operation: 'resize', width: 300 }], large);
    const source = await EventSource.open(`${uri}/events`);
    const end = await source.until(({ type }) => type === 'end');
    expect(end.data).toMatchObject({ state: 'ok', links: { outcome: expect.any(String) } });
    expect(source.events.some(({ data }) => data.started !== undefined && data.state === 'pending')).toBe(true);
    const percents = source.events.flatMap(({ data }) => data.progress?.percent ?? []);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(source.events.filter(({ type }) => type === 'end')).toHaveLength(1);
  });

  test('tells the operation that takes long, though it began right after one that did not', async () => {
    const grainy = await service.store(await png({ width: 2400, height: 1600, seed: 2 }), 'image/png');
    const crop = { operation: 'crop', left: 0, top: 0, width: 1800, height: 1200 };
    const source = await EventSource.open(`${await accept([crop, { operation: 'denoise' }], grainy)}/events`);
    await source.until(({ type }) => type === 'end');
    const told = source.events.flatMap(({ data }) => data.progress ?? []);
    expect(told).toContainEqual({ operation: 'denoise', step: 2, of: 2, percent: 50 });
  });
});
