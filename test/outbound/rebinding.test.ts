import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isPublic } from '../../src/outbound/addresses.js';
import { pinnedConnector } from '../../src/outbound/connector.js';
import { Outbound } from '../../src/outbound/outbound.js';
import { Names } from './names.js';
import { Receiver } from './receiver.js';
import { Wall } from './wall.js';

const someone = '93.184.215.14';
const someoneElse = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';

let canary: Receiver;
let wall: Wall;
beforeEach(async () => {
  canary = await Receiver.http((_request, response) => response.writeHead(204).end());
  wall = await Wall.raise();
});
afterEach(async () => {
  wall.lower();
  await canary[Symbol.asyncDispose]();
});

test.each(['http', 'https'])(
  'a name that turns private after it was judged is called where it was judged: %s',
  async (scheme) => {
    const names = new Names({ 'rebind.example': [[someone], ['127.0.0.1']] });
    const outbound = new Outbound({ privateAddresses: 'refuse', lookup: names.lookup });
    const message = { url: `${scheme}://rebind.example:${canary.port}/`, headers: {}, body: '' };

    expect(await outbound.post(message)).toMatchObject({ failure: 'refused' }); // the wall's
    expect(names.asked).toEqual(['rebind.example']);
    expect(wall.attempts).toEqual([`${someone}:${canary.port}`]);

    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await outbound.post(message)).toMatchObject({ failure: 'private-address' });
    }
    expect(names.asked).toHaveLength(4);
    expect(wall.attempts).toHaveLength(1);
    expect(canary.connections).toBe(0);
  },
);

test('of several addresses each is tried, and none that was not among them', async () => {
  const names = new Names({ 'both.example': [[someone, someoneElse], ['127.0.0.1']] });
  const outbound = new Outbound({ privateAddresses: 'refuse', lookup: names.lookup });
  const sent = await outbound.post({ url: `http://both.example:${canary.port}/`, headers: {}, body: '' });
  expect(sent).toMatchObject({ failure: 'refused' });
  expect(wall.attempts).toEqual([`${someone}:${canary.port}`, `${someoneElse}:${canary.port}`]);
  expect(names.asked).toHaveLength(1);
});

test('of thousands of addresses sixteen are tried, and a private one is found at the very end', async () => {
  const many = Array.from({ length: 4_000 }, (_, index) => `93.${184 + (index >> 8)}.${index & 255}.1`);
  const names = new Names({ 'many.example': [many], 'trap.example': [[...many, '10.0.0.1']] });
  const outbound = new Outbound({ privateAddresses: 'refuse', lookup: names.lookup });
  const post = (name: string) => outbound.post({ url: `http://${name}/`, headers: {}, body: '' });
  expect(await post('trap.example')).toMatchObject({ failure: 'private-address' });
  expect(wall.attempts).toEqual([]);
  expect(await post('many.example')).toMatchObject({ failure: 'refused' });
  expect(wall.attempts).toHaveLength(16);
});

test('each call looks up anew and connects anew: nothing is kept from the one before', async () => {
  const names = new Names({ 'moving.example': [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1']] });
  const outbound = new Outbound({ privateAddresses: 'allow', lookup: names.lookup });
  const message = { url: canary.url('moving.example'), headers: {}, body: '' };
  expect(await outbound.post(message)).toMatchObject({ status: 204 });
  expect(await outbound.post(message)).toMatchObject({ failure: 'refused' });
  expect(await outbound.post(message)).toMatchObject({ status: 204 });
  expect(canary.connections).toBe(2);
  expect(wall.attempts.map((attempt) => attempt.split(':')[0])).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.1']);
});

test('a connection that leads elsewhere than judged is ended before anything is sent', async () => {
  const heard: Buffer[] = [];
  await using listener = await Receiver.raw((socket) => socket.on('data', (bytes: Buffer) => heard.push(bytes)));
  const connect = pinnedConnector([{ address: '127.0.0.1', family: 4 }], { permits: isPublic, timeoutMs: 1_000 });
  const destination = { hostname: 'rebind.example', protocol: 'http:', port: `${listener.port}` };
  const { promise, resolve } = Promise.withResolvers<unknown>();
  connect(destination, (error, _socket) => resolve(error));
  expect(await promise).toMatchObject({ failure: 'private-address' });
  await listener.left();
  expect([listener.connections, heard]).toEqual([1, []]);
});
