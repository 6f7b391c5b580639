import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { CallbackScene, secret } from '../support/callback-scene.js';
import { answer, Receiver } from '../support/receiver.js';
import { verify } from '../support/signature.js';

let scene: CallbackScene;
beforeAll(async () => {
  scene = await CallbackScene.open();
});
afterAll(() => scene.close());

test('deliveries of one owner take half of a worker’s places at most, and those to one host half of these', async () => {
  const database = new pg.Client({ connectionString: scene.service.database.url });
  await database.connect();
  await scene.service.stopWorker();
  const accept = async (host: string): Promise<unknown> => {
    const task = await scene.accept({ url: `http://${host}/` });
    return scene.client.call('POST', `${task}/cancel`);
  };
  const queues = async (): Promise<number> =>
    (await database.query("select 1 from graphile_worker._private_job_queues where queue_name like 'callback %'"))
      .rowCount ?? 0;
  const before = await queues();
  await Promise.all(Array.from({ length: 24 }, () => accept('192.0.2.1')));
  const ofHost = (await queues()) - before;
  for (let host = 2; host < 60; host += 1) await accept(`192.0.2.${host}`);
  expect([ofHost, (await queues()) - before]).toEqual([4, 8]);
  await database.query("update deliveries set state = 'cancelled' where state = 'waiting'");
  await database.end();
  await scene.service.startWorker();
});

describe('a receiver that', () => {
  test('fails twice is tried again with the same id and body, and a signature of its own', async () => {
    const { path, url } = scene.listening((received, response, count) =>
      answer(count < 3 ? 500 : 204)(received, response, count),
    );
    const alert = await scene.settled(await scene.accept({ url, secret }));
    expect(alert.state).toBe('delivered');
    const received = scene.receiver.of(path);
    received.forEach(verify);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([alert.id]));
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect((await scene.deliveriesOf(alert)).map(({ cause, state, status }) => [cause, state, status])).toEqual([
      ['event', 'failed', 500],
      ['retry', 'failed', 500],
      ['retry', 'succeeded', 204],
    ]);
  });

  test('hangs is given up at the time limit, at every try of the schedule', async () => {
    const { url } = scene.listening(() => undefined);
    const alert = await scene.settled(await scene.accept({ url, secret }));
    expect(alert).toMatchObject({ state: 'failed', failure: 'exhausted', detail: expect.stringMatching(/resend/) });
    const deliveries = await scene.deliveriesOf(alert);
    expect(deliveries.map(({ failure }) => failure)).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
  });

  test('answers 302 to another address is not followed there', async () => {
    const { path: elsewhere, url: secretPlace } = scene.listening(answer(204));
    const { url } = scene.listening(answer(302, { Location: secretPlace }));
    const alert = await scene.settled(await scene.accept({ url, secret }));
    expect(alert.failure).toBe('exhausted');
    expect((await scene.deliveriesOf(alert)).map(({ status }) => status)).toEqual([302, 302, 302, 302]);
    expect(scene.receiver.of(elsewhere)).toEqual([]);
  });

  test('answers 410 gets nothing any more, until a resend finds it back', async () => {
    let status = 410;
    const { path, url } = scene.listening((received, response, count) => answer(status)(received, response, count));
    const first = await scene.settled(await scene.accept({ url, secret }));
    expect(first).toMatchObject({ state: 'failed', failure: 'gone', detail: expect.stringMatching(/410/) });
    const second = await scene.settled(await scene.accept({ url, secret }));
    expect([second.failure, await scene.deliveriesOf(second)]).toEqual(['gone', []]);
    expect(scene.receiver.of(path)).toHaveLength(1);
    status = 204;
    expect((await scene.client.call('POST', `/alerts/${second.id}/resend`)).status).toBe(202);
    await scene.receiver.until(path, 2);
    const third = await scene.settled(await scene.accept({ url, secret }));
    expect(third.state).toBe('delivered');
    expect((await scene.client.get(`/alerts/${second.id}`)).json.state).toBe('delivered');
  });

  test('answers 410 to many at once is asked no more, whatever the others are told meanwhile', async () => {
    const held: (() => void)[] = [];
    const path = `/${'深'.repeat(200)}`;
    const url = scene.receiver.at(new URL(path, 'http://a').pathname, (received, response, count) => {
      held.push(() => answer(410)(received, response, count));
      if (held.length === 3) held.forEach((release) => release());
      else if (held.length > 3) held.at(-1)?.();
    });
    const alerts = await Promise.all(
      (await Promise.all(Array.from({ length: 12 }, () => scene.accept({ url })))).map((task) => scene.settled(task)),
    );
    expect(new Set(alerts.map(({ failure }) => failure))).toEqual(new Set(['gone']));
    const deliveries = (await Promise.all(alerts.map((alert) => scene.deliveriesOf(alert)))).flat();
    expect(deliveries.filter(({ failure }) => failure === 'interrupted')).toEqual([]);
  });

  test('asks for more time gets it', async () => {
    const { url } = scene.listening((received, response, count) =>
      answer(count === 1 ? 503 : 204, { 'Retry-After': '1' })(received, response, count),
    );
    const alert = await scene.settled(await scene.accept({ url, secret }));
    const [first, second] = await scene.deliveriesOf(alert);
    expect(Date.parse(second.scheduled) - Date.parse(first.completed)).toBeGreaterThanOrEqual(900);
    expect(second.state).toBe('succeeded');
  });

  test('says more than anybody wants to hear is cut off', async () => {
    const { url } = scene.listening((_received, response) => response.end(Buffer.alloc(200_000)));
    const alert = await scene.settled(await scene.accept({ url, secret }));
    expect((await scene.deliveriesOf(alert))[0]).toMatchObject({ state: 'failed', failure: 'too-large' });
  });

  test('is down for a while gets it when it is back', async () => {
    const { port } = scene.receiver;
    await scene.receiver.stop();
    const task = await scene.accept({ url: `http://127.0.0.1:${port}/back`, secret });
    for (;;) {
      const [alert] = await scene.alertsOf(task);
      if (alert !== undefined && (await scene.deliveriesOf(alert)).some(({ failure }) => failure === 'refused')) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    scene.receiver = await Receiver.start(port);
    const alert = await scene.settled(task);
    if (alert.state === 'failed') await scene.client.call('POST', alert.links.resend);
    await scene.receiver.until('/back', 1);
  });
});

describe('a delivery whose process died', () => {
  test('is on record as interrupted, and another takes its place', async () => {
    await scene.service.stopWorker();
    const { path, url } = scene.listening(answer(204));
    const task = await scene.accept({ url, secret });
    await scene.client.call('POST', `${task}/cancel`);
    // As the killed process has left it.
    const database = new pg.Client({ connectionString: scene.service.database.url });
    await database.connect();
    await database.query("update deliveries set state = 'running', started_at = now() where state = 'waiting'");
    await database.end();
    await scene.service.startWorker();
    const alert = await scene.settled(task);
    expect((await scene.deliveriesOf(alert)).map(({ cause, state, failure }) => [cause, state, failure])).toEqual([
      ['event', 'failed', 'interrupted'],
      ['event', 'succeeded', undefined],
    ]);
    expect(scene.receiver.of(path)).toHaveLength(1);
  });
});
