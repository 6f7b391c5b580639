import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { isAlive } from '../../src/database/postmaster-file.js';
import { childNamed } from '../support/process-tree.js';
import { ServiceProcess } from '../support/process.js';

/** One process keeps the API and the worker running, whatever becomes of them. They are told apart through /proc. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** What no code of ours does: an error that nobody handles, when the process is told to. */
const breakable = Buffer.from(
  'process.on("SIGUSR2", () => void Promise.reject(new Error("nobody\\nhandles me")))',
).toString('base64');

let service: ServiceProcess;

const apiOf = (parent: number): Promise<number> => childNamed(parent, /^darkroom api/);
const workerOf = (parent: number): Promise<number> => childNamed(parent, /^darkroom worker/);

/** Waits for what is said from now on. */
const said = async (pattern: RegExp, from: number): Promise<string> => {
  for (;;) {
    const found = pattern.exec(service.output.slice(from))?.[0];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** Does something to the API, and waits for the next one, which is to be found where the last one was. */
const replaced = async (harm: (api: number) => void): Promise<string> => {
  const [from, { origin }, api] = [service.output.length, service.client, await apiOf(service.pid)];
  harm(api);
  await said(/Darkroom is ready/, from);
  expect(service.client.origin).toBe(origin);
  expect((await service.client.get('/images')).status).toBe(200);
  return service.output.slice(from);
};

onLinux('the API and the worker', () => {
  beforeAll(async () => {
    service = await ServiceProcess.start({
      environment: { HANG_SECONDS: '4', NODE_OPTIONS: `--import=data:text/javascript;base64,${breakable}` },
    });
  }, 90_000);
  afterAll(() => service.stop());

  test('are started again alone: the API that is killed, on the same port', async () => {
    const worker = await workerOf(service.pid);
    const output = await replaced((api) => process.kill(api, 'SIGKILL'));
    expect(output).toContain('"msg":"the api ended (SIGKILL); another is started in 0.1 s"');
    expect(await workerOf(service.pid)).toBe(worker);
  }, 60_000);

  test('end by an error that nobody handles, which is one line of the log, and are started again', async () => {
    const output = await replaced((api) => process.kill(api, 'SIGUSR2'));
    const lines = output.split('\n').filter((line) => line.includes('handled'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'error',
        process: 'api',
        msg: 'ended by an error that nobody handled',
        err: { stack: expect.any(String) },
      },
    ]);
    expect(output).toContain('"msg":"the api ended (exit code 1)');
  }, 60_000);

  test('are killed where they hang, and started again', async () => {
    const output = await replaced((api) => process.kill(api, 'SIGSTOP'));
    expect(output).toContain('"msg":"the api has given no sign of life for 4 s and is killed"');
  }, 60_000);

  test('end by themselves where their supervisor is killed', async () => {
    const children = [await apiOf(service.pid), await workerOf(service.pid)];
    process.kill(service.pid, 'SIGKILL');
    await Promise.all(children.map(gone));
    expect(children.filter(isAlive)).toEqual([]);
  }, 60_000);
});

test('a port that is in use ends the start, with a sentence and no second try', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const refusal = await ServiceProcess.start({ environment: { PORT: String(port) } }).catch((error: Error) => error);
  other.close();
  const { message } = refusal as Error;
  expect(message).toMatch(/^it ended with 1: /);
  expect(message).toContain(`address already in use 127.0.0.1:${port}`);
  expect(message).toMatch(/Stop it, or set PORT to another port/);
  expect(message).not.toMatch(/another is started/);
}, 60_000);
