import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { refuseBrokenRequests } from '../../src/http/server.js';

let server: Server;
afterEach(() => {
  server.close();
});

/** Sends all at once, and hears all that comes back. The server answers half, and the rest when it is told. */
async function exchange(bytes: string, meanwhile: (finish: () => void, heard: () => string) => void): Promise<string> {
  const answers: (() => void)[] = [];
  server = createServer((request, response) => {
    request.on('error', () => undefined);
    if (request.url === '/upload') return;
    response.writeHead(200, { 'Content-Length': '8' });
    response.write('half');
    answers.push(() => response.end('half'));
  });
  refuseBrokenRequests(server, new Map(), []);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.write(bytes);
  meanwhile(
    () => answers.splice(0).forEach((answer) => answer()),
    () => heard,
  );
  await new Promise((resolve) => socket.once('close', resolve));
  return heard;
}

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const soon = (work: () => void) => setTimeout(work, 100);

test('what is no HTTP gets a problem', async () => {
  expect(await exchange('nonsense\r\n\r\n', () => undefined)).toMatch(/^HTTP\/1.1 400 .*malformed-request/s);
});

test('a HEAD that cannot be parsed gets the problem’s fields alone', async () => {
  const heard = await exchange('HEAD /\u00e9 HTTP/1.1\r\nHost: x\r\nX\u0000: y\r\n\r\n', () => undefined);
  expect(heard).toMatch(/^HTTP\/1.1 400 .*\r\n\r\n$/s);
});

test('a problem waits for the answer that is in progress on its connection', async () => {
  let between = '';
  const heard = await exchange(`${get}nonsense\r\n\r\n`, (finish, sofar) => {
    soon(() => {
      between = sofar();
      finish();
    });
  });
  expect(between).toMatch(/\r\n\r\nhalf$/);
  expect(heard).toMatch(/\r\n\r\nhalfhalfHTTP\/1.1 400 .*malformed-request/s);
});

test('a body that breaks before its answer is answered at once', async () => {
  const upload = 'POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n';
  expect(await exchange(upload, () => undefined)).toMatch(/^HTTP\/1.1 400 .*malformed-request/s);
});
