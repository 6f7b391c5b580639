import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { Agent, request } from 'undici';
import { inParallel } from './in-parallel.js';

// A program: request-previews.js service|ipx-disk|ipx-http ORIGIN WIDTH WARMUPS FILE… Each JPEG as a WebP of that width: from the
// service by POSTing its bytes, from ipx by its name in the folder that ipx serves, or by a URL at which this program serves it.
// The first ones come before the clock starts.

/** Requests at once: as many as keep both cores busy while the next ones travel. */
const connections = 4;
const dispatcher = new Agent({ connections });

type Convert = (path: string) => Promise<number>;

async function main([kind = '', origin = '', width = '', warmUps = '0', ...files]: string[]): Promise<void> {
  const source = await serveFiles(files);
  const ways: Record<string, Convert> = {
    service: (path) => throughService(origin, width, path),
    'ipx-disk': (path) => throughIpx(origin, width, basename(path)),
    'ipx-http': (path) => throughIpx(origin, width, `${source.url}/${basename(path)}`),
  };
  const convert = ways[kind];
  if (convert === undefined) throw new Error(`There is no way ${kind}.`);
  const all = async (some: readonly string[]): Promise<number> => {
    let bytes = 0;
    await inParallel(connections, some, async (path) => {
      const outcome = await convert(path);
      bytes += outcome;
    });
    return bytes;
  };
  await all(files.slice(0, Number(warmUps)));
  const started = performance.now();
  const bytes = await all(files.slice(Number(warmUps)));
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, bytes }));
  source.close();
  await dispatcher.close();
}

async function serveFiles([first = '.']: string[]): Promise<{ url: string; close: () => void }> {
  const server = createServer((asked, response) => {
    void readFile(join(first, '..', basename(asked.url ?? ''))).then((bytes) => {
      response.setHeader('Content-Type', 'image/jpeg');
      response.end(bytes);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function throughService(origin: string, width: string, path: string): Promise<number> {
  const body = await readFile(path);
  const url = `${origin}/images/preview?resize.width=${width}&convert.format=webp`;
  return received(await request(url, { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body, dispatcher }));
}

async function throughIpx(origin: string, width: string, image: string): Promise<number> {
  return received(await request(`${origin}/w_${width},f_webp/${image}`, { dispatcher }));
}

/** Bytes of the outcome. */
async function received({ statusCode, headers, body }: Awaited<ReturnType<typeof request>>): Promise<number> {
  const content = await body.arrayBuffer();
  if (statusCode !== 200 || headers['content-type'] !== 'image/webp') throw new Error(`The answer was ${statusCode}.`);
  return content.byteLength;
}

await main(process.argv.slice(2));
