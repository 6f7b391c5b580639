import http from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { EventStream } from '../../src/http/event-stream.js';

/** A stream to a client that reads nothing until it is told to. */
async function toSlowReader(isLetIn = () => Promise.resolve(true)) {
  const opened = Promise.withResolvers<{ stream: EventStream; response: http.ServerResponse }>();
  const errors: unknown[] = [];
  const server = http.createServer((_request, response) => {
    response.on('error', (error) => errors.push(error));
    opened.resolve({ stream: new EventStream(response, isLetIn), response });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = http.get({ port: (server.address() as AddressInfo).port, agent: false });
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  answer.pause();
  const read = async (): Promise<string> => {
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return text;
  };
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { ...(await opened.promise), read, errors, close };
}

/** More than any buffer on the way holds. */
const large = 'x'.repeat(16 * 1024 * 1024);
/** What was sent is written as soon as its client is known to be let in still. */
const written = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id = '']) => id);

test('a client that reads slowly gets the latest event, not all that it has missed', async () => {
  const { stream, read, close } = await toSlowReader();
  stream.send({ id: 1, type: 'progress', data: { large } });
  await written();
  for (let id = 2; id <= 1000; id += 1) stream.send({ id, type: 'progress', data: {} });
  stream.end();
  expect(idsIn(await read())).toEqual(['1', '1000']);
  await close();
});

test('nothing is written to a stream that has ended, however long its client takes to read that', async () => {
  const { stream, response, read, errors, close } = await toSlowReader();
  stream.end();
  stream.send({ id: 1, type: 'progress', data: {} });
  await written();
  stream.send({ id: 2, type: 'progress', data: {} });
  stream.beat();
  stream.end();
  await written();
  expect([response.writableEnded, idsIn(await read())]).toEqual([true, []]);
  expect(errors).toEqual([]);
  await close();
});

test('a client that does not even take heartbeats is given up', async () => {
  const { stream, response, close } = await toSlowReader();
  stream.send({ id: 1, type: 'progress', data: { large } });
  await written();
  for (let beat = 1; beat <= 3; beat += 1) stream.beat();
  expect(response.destroyed).toBe(false);
  stream.beat();
  expect(response.destroyed).toBe(true);
  await close();
});

test('a client that would not be let in any more is told no more, and nothing else', async () => {
  let isLetIn = true;
  const { stream, response, read, errors, close } = await toSlowReader(() => Promise.resolve(isLetIn));
  stream.send({ id: 1, type: 'progress', data: {} });
  await written();
  isLetIn = false;
  stream.send({ id: 2, type: 'progress', data: {} });
  stream.end();
  await expect(read()).rejects.toThrow('aborted');
  expect([response.destroyed, errors]).toEqual([true, []]);
  await close();
});
