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
 * one takes its place. A stream outlives the moment in which its client was let in: who would not be any more is told no more.
 */
export class EventStream {
  private waiting: string | undefined;
  private ending = false;
  private asking = false;
  private missed = 0;

  /** @param isLetIn whether the client may be told more; never rejects */
  constructor(
    private readonly response: ServerResponse,
    private readonly isLetIn: () => Promise<boolean>,
  ) {
    response.on('drain', () => this.flush());
    response.once('close', () => forget(this));
    remember(this);
    response.write(`retry: ${retryMs}\n\n`);
  }

  send(event: ServerEvent): void {
    if (this.ending) return;
    this.waiting = textOf(event);
    this.ask();
  }

  /** After what was sent: the client comes back and is told by 204 that there is no more. */
  end(): void {
    this.ending = true;
    this.ask();
  }

  onClose(listener: () => void): void {
    this.response.once('close', listener);
  }

  /** A comment, which clients ignore. */
  beat(): void {
    this.ask();
    if (!this.response.writableEnded && !this.response.writableNeedDrain) {
      this.missed = 0;
      this.response.write(': heartbeat\n\n');
      return;
    }
    this.missed += 1;
    if (this.missed >= missedMax) this.response.destroy();
  }

  private ask(): void {
    if (this.asking) return;
    this.asking = true;
    void this.isLetIn().then((isLetIn) => {
      this.asking = false;
      if (isLetIn) this.flush();
      else this.response.destroy();
    });
  }

  /** Nothing is written after the end: Node would throw that at the process. */
  private flush(): void {
    const { destroyed, writableEnded, writableNeedDrain } = this.response;
    if (this.asking || destroyed || writableEnded || writableNeedDrain) return;
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
