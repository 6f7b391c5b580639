import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CallbackScene, secret } from '../support/callback-scene.js';
import { type Reply } from '../support/client.js';
import { answer } from '../support/receiver.js';
import { verify } from '../support/signature.js';

let scene: CallbackScene;
beforeAll(async () => {
  scene = await CallbackScene.open();
});
afterAll(() => scene.close());

describe('POST /alerts/{id}/resend', () => {
  test('makes a new delivery of the same alert, each time', async () => {
    const { path, url } = scene.listening(answer(204));
    const alert = await scene.settled(await scene.accept({ url, secret }));
    const reply = await scene.client.post(alert.links.resend, { reason: 'lost' });
    expect([reply.status, reply.headers.location]).toEqual([202, `${alert.links.deliveries}/2`]);
    expect(reply.headers['content-location']).toBe(reply.headers.location);
    expect(reply.json).toMatchObject({ number: 2, cause: 'resend', links: { alert: alert.links.self } });
    expect((await scene.client.call('POST', alert.links.resend)).headers.location).toBe(`${alert.links.deliveries}/3`);
    const received = await scene.receiver.until(path, 3);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([alert.id]));
    received.forEach(verify);
    expect((await scene.client.get(reply.headers.location ?? '')).json.number).toBe(2);
  });

  test('reserved and PUT happens once, however often it is sent', async () => {
    const { path, url } = scene.listening(answer(204));
    const alert = await scene.settled(await scene.accept({ url }));
    const minted = (await scene.client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    expect((await scene.client.get(minted)).json.type).toMatch(/empty-slot$/);
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => scene.client.call('PUT', minted)));
    const replies = [first, ...others];
    expect(replies.map((reply) => reply?.status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect(new Set(replies.map((reply) => reply?.headers['content-location']))).toEqual(
      new Set([`${alert.links.deliveries}/2`]),
    );
    await scene.receiver.until(path, 2);
    expect(await scene.deliveriesOf(alert)).toHaveLength(2);
    expect((await scene.client.get(minted)).json).toMatchObject({ status: 202 });
    const put = (body: object): Promise<Reply> =>
      scene.client.call('PUT', minted, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    expect((await put({ reason: 'another' })).json.type).toMatch(/other-content$/);
    expect((await scene.client.call('DELETE', minted)).status).toBe(409);
    const unused = (await scene.client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    expect((await scene.client.call('DELETE', unused)).status).toBe(204);
  });

  test('under an Idempotency-Key makes one delivery, and refuses the key for other content or while it is in use', async () => {
    const { path, url } = scene.listening(answer(204));
    const alert = await scene.settled(await scene.accept({ url }));
    const send = (key: string, body: object): Promise<Reply> =>
      scene.client.post(alert.links.resend, body, { 'Idempotency-Key': key });
    const [first, again] = [await send('once', { reason: 'lost' }), await send('once', { reason: 'lost' })];
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([202, 202, 'true']);
    expect(again.headers.location).toBe(first.headers.location);
    const other = await send('once', { reason: 'another' });
    expect([other.status, other.json.type]).toEqual([422, expect.stringMatching(/idempotency-key-reused$/)]);
    const held = await scene.service.holdKey(new URL(alert.links.resend).pathname, 'busy');
    const busy = await send('busy', {});
    await held.release();
    expect([busy.status, busy.json.type]).toEqual([409, expect.stringMatching(/idempotency-key-in-use$/)]);
    await scene.receiver.until(path, 2);
    expect(await scene.deliveriesOf(alert)).toHaveLength(2);
  });

  test('refuses members and values that it does not know', async () => {
    const { url } = scene.listening(answer(204));
    const alert = await scene.settled(await scene.accept({ url }));
    const minted = (await scene.client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    const headers = { 'Content-Type': 'application/json' };
    for (const [method, at] of [
      ['POST', alert.links.resend],
      ['PUT', minted],
    ]) {
      expect((await scene.client.call(method, at, { headers, body: '{"because":"x"}' })).status).toBe(400);
      expect((await scene.client.call(method, at, { headers, body: '{"reason":7}' })).status).toBe(422);
    }
  });
});

describe('GET /alerts', () => {
  test('lists by state and by task, page by page', async () => {
    const [gone, there] = [scene.listening(answer(410)), scene.listening(answer(204))];
    const failed = [await scene.accept({ url: gone.url }), await scene.accept({ url: gone.url })];
    const delivered = await scene.accept({ url: there.url });
    for (const task of [...failed, delivered]) await scene.settled(task);
    const { items, links } = (await scene.client.get('/alerts?limit=2')).json;
    expect(items).toHaveLength(2);
    const next = (await scene.client.get(links.next)).json.items;
    expect(next[0].id < items[1].id).toBe(true);
    const found = (await scene.client.get('/alerts?state=failed')).json.items;
    expect(found.map((alert: Reply['json']) => alert.links.task).sort()).toEqual(failed.sort());
    expect((await scene.alertsOf(delivered)).map(({ state }) => state)).toEqual(['delivered']);
    expect((await scene.client.get('/alerts?state=lost')).status).toBe(400);
    const xml = await scene.client.get('/alerts', { Accept: 'application/xml' });
    expect(xml.text).toMatch(/^<\?xml.*<alerts /s);
  });

  test('knows deliveries by number alone', async () => {
    const alert = await scene.settled(await scene.accept({ url: scene.listening(answer(204)).url }));
    for (const number of ['0', '99', 'x', '1e3', '-1']) {
      expect((await scene.client.get(`${alert.links.deliveries}/${number}`)).status).toBe(404);
    }
  });
});
