import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Outbound } from '../../src/outbound/outbound.js';
import { misleadingNames, Names, privateNames } from './names.js';
import { addressUrls, faultyUrls } from './payloads.js';
import { Receiver } from './receiver.js';
import { Wall } from './wall.js';

const namesOfPrivateAddresses = Object.entries({ ...privateNames, ...misleadingNames });
const names = new Names(
  Object.fromEntries(namesOfPrivateAddresses.map(([name, found]) => [new URL(`http://${name}`).hostname, [found]])),
);

/** Listens where every URL below would lead if it were called. */
let canary: Receiver;
let outbound: Outbound;
let wall: Wall;
beforeAll(async () => {
  canary = await Receiver.http((_request, response) => response.writeHead(204).end());
  outbound = new Outbound({ privateAddresses: 'refuse', lookup: names.lookup });
});
afterAll(async () => {
  await outbound.close();
  expect(canary.connections).toBe(0);
  await canary[Symbol.asyncDispose]();
});

beforeEach(async () => {
  wall = await Wall.raise();
});
afterEach(() => wall.lower());

function post(template: string): ReturnType<Outbound['post']> {
  return outbound.post({ url: template.replace('PORT', `${canary.port}`), headers: {}, body: 'hello' });
}

test.each(addressUrls)('%j is not called: its address is private', async (url) => {
  expect(await post(url)).toEqual({ failure: 'private-address', durationMs: expect.any(Number) });
  expect(wall.attempts).toEqual([]);
});

test.each(namesOfPrivateAddresses)('%s is not called: it resolves to %j', async (name) => {
  for (const scheme of ['http', 'https']) {
    expect(await post(`${scheme}://${name}:PORT/`)).toMatchObject({ failure: 'private-address' });
  }
  expect(wall.attempts).toEqual([]);
});

test.each(faultyUrls)('%j is not called: nothing speaks HTTP there', async (url) => {
  expect(await post(url)).toMatchObject({ failure: 'protocol' });
  expect(wall.attempts).toEqual([]);
});

test('this machine’s own name for itself is not called either, as the system resolves it', async () => {
  const resolving = new Outbound({ privateAddresses: 'refuse' });
  const sent = await resolving.post({ url: canary.url('localhost'), headers: {}, body: '' });
  expect(sent).toMatchObject({ failure: 'private-address' });
  expect(wall.attempts).toEqual([]);
});

test.each(['127.1', '2130706433', '①②⑦.⓪.⓪.①', 'localtest.me', '127。0。0。1'])(
  'where private addresses are allowed %s is reached, so that the refusals above mean something',
  async (host) => {
    await using receiver = await Receiver.http((_request, response) => response.writeHead(204).end());
    const allowing = new Outbound({ privateAddresses: 'allow', lookup: names.lookup });
    expect(await allowing.post({ url: receiver.url(host), headers: {}, body: '' })).toMatchObject({ status: 204 });
    expect(wall.attempts).toEqual([`127.0.0.1:${receiver.port}`]);
  },
);
