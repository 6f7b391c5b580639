import http from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import CachePolicy from 'http-cache-semantics';

/** What is kept for GETs of one URI. Vary decides whether it answers a particular one. */
interface Stored {
  policy: CachePolicy;
  body: Buffer;
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/**
 * A cache between a client and the service (RFC 9111), over sockets. What may be kept, for how long and for which request,
 * http-cache-semantics decides. What it has no notion of is here: an answer to POST serves GETs of the same URI (RFC 9110 9.3.3),
 * and unsafe methods invalidate (RFC 9111 4.4).
 */
export class Cache {
  /** What the origin was asked: `GET /images`. */
  readonly forwarded: string[] = [];
  private readonly stored = new Map<string, Stored>();
  private laterMs = 0;

  private constructor(
    private readonly server: http.Server,
    private readonly service: string,
    private readonly shared: boolean,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(service: string, { shared = false } = {}): Promise<Cache> {
    const cache = new Cache(http.createServer(), service, shared);
    cache.server.listen(0, '127.0.0.1');
    await once(cache.server, 'listening');
    return cache;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Its clock goes on, and nobody waits. */
  pass(seconds: number): void {
    this.laterMs += seconds * 1000;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const body = await buffer(request);
    const stored = ['GET', 'HEAD'].includes(method) ? this.stored.get(url) : undefined;
    // A GET's answer serves HEAD too (RFC 9111 4).
    const asked = { method: 'GET', url, headers };
    if (stored?.policy.satisfiesWithoutRevalidation(asked)) return send(response, 200, stored, method);
    const validation = stored && (stored.policy.revalidationHeaders(asked) as http.IncomingHttpHeaders);
    const answer = await this.ask({ method, url, headers: validation ?? headers, body });
    if (stored !== undefined && answer.status === 304 && headers['if-none-match'] === undefined) {
      const { policy } = stored.policy.revalidatedPolicy(asked, answer);
      this.stored.set(url, this.timed({ policy, body: stored.body }));
      return send(response, 200, { policy, body: stored.body }, method);
    }
    this.keep({ method, url, headers }, answer);
    response.writeHead(answer.status, framed(answer.headers)).end(answer.body);
  }

  private keep(
    { method, url, headers }: { method: string; url: string; headers: http.IncomingHttpHeaders },
    answer: Answer,
  ) {
    if (answer.status >= 400) return;
    const { 'content-location': content, location } = answer.headers;
    const paths = [content, location].flatMap((uri) => (uri === undefined ? [] : [new URL(uri, this.origin).pathname]));
    if (!['GET', 'HEAD'].includes(method)) for (const path of [url, ...paths]) this.stored.delete(path);
    const describes = method === 'GET' || (method === 'POST' && content === new URL(url, this.origin).href);
    const options = { shared: this.shared };
    if (!describes || !new CachePolicy({ method, url, headers }, answer, options).storable()) return;
    const policy = new CachePolicy({ method: 'GET', url, headers }, answer, options);
    this.stored.set(url, this.timed({ policy, body: answer.body }));
  }

  private timed(stored: Stored): Stored {
    const since = this.laterMs;
    stored.policy.now = () => Date.now() + this.laterMs - since;
    return stored;
  }

  /** The origin sees the name under which the client knows it. */
  private async ask({
    method,
    url,
    headers,
    body,
  }: {
    method: string;
    url: string;
    headers: http.IncomingHttpHeaders;
    body: Buffer;
  }): Promise<Answer> {
    this.forwarded.push(`${method} ${url}`);
    const request = http.request(new URL(url, this.service), { method, headers, agent: false }).end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
  }
}

function send(response: http.ServerResponse, status: number, { policy, body }: Stored, method: string): void {
  response.writeHead(status, policy.responseHeaders()).end(method === 'HEAD' ? undefined : body);
}

/** The length says where the answer ends: chunks and connections are of one hop (RFC 9110 7.6.1). */
function framed({ connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers }: http.IncomingHttpHeaders) {
  return headers;
}
