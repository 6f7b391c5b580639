import { type ServerResponse } from 'node:http';

/** One event of a stream: a snapshot, which makes any earlier one of the same stream worthless. */
export interface ServerEvent {
  /** Rises with every event of the stream; a client that comes back names the last one it has seen (Last-Event-ID). */
  id: number;
  /** A word of the program's own. */
  type: string;
  data: object;
}

/** Proxies and clients take a connection for dead that is silent for longer, ms. */
const heartbeatMs = 15_000;

/** Heartbeats that a client may leave unread, or go without its end, before it is taken for gone. */
const missedMax = 4;

/** A client that lost the stream comes back after so long, ms. */
const retryMs = 2_000;

/** One timer for all streams of the process. */
const open = new Set<EventStream>();
let timer: NodeJS.Timeout | undefined;

/**
 * Server-sent events (WHATWG HTML 9.2) to one client. At most one event waits for a client that reads slowly: the next
 * one takes its place.
 */
export class EventStream {
  private waiting: string | undefined;
  private ending = false;
  private missed = 0;

  constructor(private readonly response: ServerResponse) {
    response.on('drain', () => this.flush());
    response.once('close', () => forget(this));
    remember(this);
    response.write(`retry: ${retryMs}\n\n`);
  }

  send(event: ServerEvent): void {
    this.waiting = textOf(event);
    this.flush();
  }

  /** After what was sent: the client comes back and is told by 204 that there is no more. */
  end(): void {
    this.ending = true;
    this.flush();
  }

  onClose(listener: () => void): void {
    this.response.once('close', listener);
  }

  /** A comment, which clients ignore. */
  beat(): void {
    if (!this.response.writableEnded && !this.response.writableNeedDrain) {
      this.missed = 0;
      this.response.write(': heartbeat\n\n');
      return;
    }
    this.missed += 1;
    if (this.missed >= missedMax) this.response.destroy();
  }

  /** Nothing is written after the end: Node would throw that at the process. */
  private flush(): void {
    if (this.response.writableEnded || this.response.writableNeedDrain) return;
    const text = this.waiting;
    this.waiting = undefined;
    if (text !== undefined) this.response.write(text);
    if (this.ending) this.response.end();
  }
}

/** JSON has no line breaks of its own, so that the data is one line whatever a client has put into it. */
function textOf({ id, type, data }: ServerEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function remember(stream: EventStream): void {
  open.add(stream);
  timer ??= setInterval(() => {
    for (const each of open) each.beat();
  }, heartbeatMs);
}

function forget(stream: EventStream): void {
  open.delete(stream);
  if (open.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** Ends all streams of the process: their clients come back to another one. */
export function endEventStreams(): void {
  for (const stream of open) stream.end();
}

/** The id of the last event that a client has seen; undefined where it says none, or none of ours. */
export function lastEventId(field: string | string[] | undefined): number | undefined {
  return typeof field === 'string' && /^\d{1,9}$/.test(field) ? Number(field) : undefined;
}
