import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { DataSource } from 'typeorm';
import { contractRows } from '../src/http/rows.js';
import { jpeg } from './support/pictures.js';
import { ServiceProcess } from './support/process.js';
import { Receiver } from './support/receiver.js';
import { Service } from './support/service.js';

/** Series, with their labels as they are written → value. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('the metrics of an API', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  const series = async () => seriesOf((await service.client.get('/metrics')).text);

  test('are text as Prometheus asks for it, of figures that it can read', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';
    const { headers, text, status } = await service.client.get('/metrics', { Accept: accept });
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    for (const line of text
      .trim()
      .split('\n')
      .filter((each) => each !== '')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\\]*",?)*\})? (-?[\d.]+(e[-+]?\d+)?|\+Inf|NaN))$/i);
    }
    expect([...seriesOf(text).keys()]).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
    );
  });

  test('count requests by the operation that answers, and its status', async () => {
    const at = 'darkroom_request_seconds_count{operation="listImages",status="200"}';
    const before = (await series()).get(at) ?? 0;
    await service.client.get('/images');
    await service.client.get('/images?limit=1');
    expect((await series()).get(at)).toBe(before + 2);
  });

  test('have no more series the more different things are asked for', async () => {
    const names = async () => [...(await series()).keys()].filter((name) => name.startsWith('darkroom_request'));
    await service.client.get('/nothing/0');
    await service.client.get('/images/00000000-0000-7000-8000-000000000000');
    const before = await names();
    for (let each = 1; each < 20; each += 1) {
      await service.client.get(`/nothing/${each}`);
      await service.client.get(`/images/00000000-0000-7000-8000-0000000000${10 + each}`, {
        'X-Request-Id': `r${each}`,
      });
    }
    expect(await names()).toEqual(before);
    const operations = ['none', ...contractRows().map(({ id }) => id)];
    const told = before.map((name) => /operation="(\w+)"/.exec(name)?.[1]).filter((id) => id !== undefined);
    for (const id of told) expect(operations).toContain(id);
  });

  test('count what broke before it was a request', async () => {
    const { hostname, port } = new URL(service.client.origin);
    const socket = net.connect(Number(port), hostname).resume();
    socket.write('nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await series()).get('darkroom_broken_requests_total{status="400"}')).toBe(1);
  });

  test('tell the connections to the database, and the processes for pixels', async () => {
    await service.store(await jpeg());
    const seen = await series();
    expect(seen.get('darkroom_database_connections{state="open"}')).toBeGreaterThan(0);
    expect(seen.get('darkroom_image_processes')).toBeGreaterThan(0);
  });
});

describe('the queue', () => {
  test('is told by job: how much waits, and how long the first of it has', async () => {
    const service = await Service.start();
    const image = await service.store(await jpeg());
    for (const operation of ['flip', 'flop']) {
      await service.client.post('/images/tasks', { image, operations: [{ operation }] });
    }
    const seen = seriesOf((await service.client.get('/metrics')).text);
    await service.stop();
    expect(seen.get('darkroom_queue_jobs{job="process-task",state="ready"}')).toBe(2);
    expect(seen.get('darkroom_queue_jobs{job="process-task",state="running"}')).toBe(0);
    expect(seen.get('darkroom_queue_oldest_seconds{job="process-task"}')).toBeGreaterThan(0);
  });

  test('that cannot be asked for is left out, and the rest is told', async () => {
    const service = await Service.start();
    await service.app.get(DataSource).query('alter table graphile_worker._private_jobs rename to hidden');
    const { status, text } = await service.client.get('/metrics');
    await service.stop();
    expect([status, text]).toEqual([200, expect.stringContaining('process_resident_memory_bytes')]);
    expect(text).not.toContain('darkroom_queue_jobs{');
  });
});

describe('each process with METRICS_PORT', () => {
  let receiver: Receiver;
  let service: ServiceProcess;
  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await service?.stop();
    await receiver.stop();
  });

  test('tells its own: the worker at the next port, of tasks by how they ended, jobs, callbacks and sweeps', async () => {
    receiver.at('/fine', (_received, response) => response.writeHead(204).end());
    const port = await freePorts();
    const environment = { METRICS_PORT: String(port), CALLBACK_PRIVATE_ADDRESSES: 'allow', SWEEP_SECONDS: '1' };
    service = await ServiceProcess.start({ environment });
    const stored = await service.client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' });
    const order = {
      image: stored.json.id,
      operations: [{ operation: 'flip' }],
      callback: { url: receiver.urlOf('/fine') },
    };
    await service.client.post('/images/tasks', order, { Prefer: 'wait=30' });
    const image = { filename: 'x.jpg', mediaType: 'image/jpeg', bytes: Buffer.from('no image') };
    const task = JSON.stringify({ operations: [{ operation: 'flip' }] });
    await service.client.postForm('/images/tasks', { task, image }, { Prefer: 'wait=30' });
    await receiver.until('/fine', 1);

    const api = await of(port, (seen) =>
      seen.has('darkroom_request_seconds_count{operation="createImage",status="201"}'),
    );
    expect(
      api.has('darkroom_queue_jobs{job="sweep",state="later"}') ||
        api.has('darkroom_queue_jobs{job="sweep",state="ready"}'),
    ).toBe(true);
    const wanted = [
      'darkroom_task_seconds_count{outcome="ok"}',
      'darkroom_task_seconds_count{outcome="failed"}',
      'darkroom_job_seconds_count{job="deliver-alert",result="ok"}',
      'darkroom_deliveries_total{result="2xx"}',
      'darkroom_sweeps_total',
    ];
    const worker = await of(port + 1, (seen) => wanted.every((name) => (seen.get(name) ?? 0) > 0));
    expect(worker.get('darkroom_task_seconds_count{outcome="ok"}')).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  }, 120_000);
});

/** A port that is free, and so is the next. */
async function freePorts(): Promise<number> {
  const listen = (port: number): Promise<net.Server | undefined> =>
    new Promise((resolve) => {
      const server = net.createServer();
      server.once('error', () => resolve(undefined)).listen(port, '127.0.0.1', () => resolve(server));
    });
  for (;;) {
    const first = await listen(0);
    const address = first?.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const second = await listen(port + 1);
    first?.close();
    second?.close();
    if (second !== undefined && port < 65_000) return port;
  }
}

/** The series of a process, once they are as they should become. */
async function of(port: number, ready: (seen: Map<string, number>) => boolean): Promise<Map<string, number>> {
  for (;;) {
    const seen = seriesOf(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    if (ready(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
