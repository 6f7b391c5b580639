import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CallbackScene, flip, secret } from './support/callback-scene.js';
import { jpeg } from './support/pictures.js';
import { answer } from './support/receiver.js';
import { Service } from './support/service.js';
import { verify } from './support/signature.js';

let scene: CallbackScene;
beforeAll(async () => {
  scene = await CallbackScene.open();
});
afterAll(() => scene.close());

const failing = [{ operation: 'crop', left: 1000, top: 0, width: 10, height: 10 }];

describe('a callback', () => {
  test('is told of the end in the words of Standard Webhooks, and its 204 ends it', async () => {
    const { path, url } = scene.listening(answer(204));
    const task = await scene.accept({ url, secret });
    const [received] = await scene.receiver.until(path, 1);
    if (received === undefined) throw new Error('nothing came');
    verify(received);
    const alert = await scene.settled(task);
    expect(received.headers).toMatchObject({ 'webhook-id': alert.id, 'content-type': 'application/json' });
    const status = (await scene.client.get(`${task}/status`)).json;
    expect(JSON.parse(received.body)).toEqual({ type: 'task.ok', timestamp: status.completed, data: status });
    expect(alert).toMatchObject({ type: 'task.ok', state: 'delivered', url, signed: true, links: { task } });
    expect(alert.secret).toBeUndefined();
    expect(await scene.deliveriesOf(alert)).toMatchObject([
      { number: 1, cause: 'event', state: 'succeeded', status: 204, durationMs: expect.any(Number) },
    ]);
    expect(status.links.alerts).toBe(`${scene.client.origin}/alerts?task=${status.id}`);
    expect(scene.receiver.of(path)).toHaveLength(1);
  });

  test('says in XML what the source document has, where it asks for XML; unsigned without a secret', async () => {
    const { path, url } = scene.listening(answer(200));
    const body = `<task><image href="/images/${scene.image}"/><callback href="${url}" format="xml"/><operations><crop left="1000" top="0" width="10" height="10"/></operations></task>`;
    expect((await scene.client.post('/images/tasks', body, { 'Content-Type': 'application/xml' })).status).toBe(202);
    const [received] = await scene.receiver.until(path, 1);
    expect(received?.headers['content-type']).toBe('application/xml');
    expect(received?.headers['webhook-signature']).toBeUndefined();
    expect(received?.body).toMatch(
      /<alert><type>task.failed<\/type><timestamp>.+<data><status .*<state>FAILED<\/state>/,
    );
  });

  test.each([
    ['cancelled', async (uri: string) => scene.client.call('POST', `${uri}/cancel`)],
    ['forgotten', async (uri: string) => scene.client.call('DELETE', uri)],
  ])('is told of a task that is %s', async (_name, end) => {
    await scene.service.stopWorker();
    const { path, url } = scene.listening(answer(204));
    const task = await scene.accept({ url, secret });
    expect((await end(task)).status).toBeLessThan(300);
    await scene.service.startWorker();
    const [received] = await scene.receiver.until(path, 1);
    expect(JSON.parse(received?.body ?? '')).toMatchObject({ type: 'task.cancelled', data: { state: 'cancelled' } });
  });

  test('is told of every end of a task that is tried again, each an alert of its own', async () => {
    const { path, url } = scene.listening(answer(204));
    const task = await scene.accept({ url, secret }, failing);
    await scene.settled(task);
    await scene.client.call('POST', `${task}/retry`);
    const received = await scene.receiver.until(path, 2);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(await scene.alertsOf(task)).toHaveLength(2);
  });
});

describe('what is no callback', () => {
  test.each([
    [{ url: 'ftp://example.org/' }, '/callback/url'],
    [{ url: 'https://user:hushhush@example.org/' }, '/callback/url'],
    [{ url: 'example.org' }, '/callback/url'],
    [{ url: 5 }, '/callback/url'],
    [{ url: 'https://example.org/', secret: 'short' }, '/callback/secret'],
    [{ url: 'https://example.org/', format: 'yaml' }, '/callback/format'],
    [{}, '/callback/url'],
    ['https://example.org/', '/callback'],
    [[], '/callback'],
  ])('%j is refused', async (callback, pointer) => {
    const reply = await scene.client.post('/images/tasks', { image: scene.image, operations: flip, callback });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, pointer]);
    expect(reply.text).not.toContain('hushhush');
  });

  test('may be null, and so may be what it need not have', async () => {
    expect(
      (await scene.client.post('/images/tasks', { image: scene.image, operations: flip, callback: null })).status,
    ).toBe(202);
    expect((await scene.client.post('/images/tasks', { image: null, operations: flip })).status).toBe(422);
    const { path, url } = scene.listening(answer(204));
    await scene.accept({ url, secret: null, format: null });
    expect((await scene.receiver.until(path, 1))[0]?.headers['content-type']).toBe('application/json');
  });

  test('has members that mean something, in XML too', async () => {
    const unknown = await scene.client.post('/images/tasks', {
      image: scene.image,
      operations: flip,
      callback: { url: 'https://a.org/', x: 1 },
    });
    expect([unknown.status, unknown.json.errors[0].pointer]).toEqual([400, '/callback/x']);
    for (const [callback, pointer] of [
      ['<callback url="https://a.org/"/>', '/callback/url'],
      ['<callback href="https://a.org/" x="1"/>', '/callback/x'],
      ['<callback href="https://a.org/">text</callback>', '/callback'],
    ]) {
      const body = `<task><image href="${scene.image}"/>${callback}<operations><flip/></operations></task>`;
      const reply = await scene.client.post('/images/tasks', body, {
        'Content-Type': 'application/xml',
        Accept: 'application/json',
      });
      expect([reply.status, reply.json.errors[0].pointer]).toEqual([400, pointer]);
    }
  });

  test('is a private address, unless the deployment allows it', async () => {
    const strict = await Service.start();
    const stored = await strict.client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' });
    const reply = await strict.client.post('/images/tasks', {
      image: stored.json.id,
      operations: flip,
      callback: { url: scene.receiver.urlOf('/private') },
    });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, '/callback/url']);
    await strict.stop();
  });
});
