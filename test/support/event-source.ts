import http from 'node:http';
import { createInterface, type Interface } from 'node:readline';

export interface StreamedEvent {
  id: number;
  type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

/** A client of server-sent events that does not come back by itself. */
export class EventSource {
  readonly events: StreamedEvent[] = [];
  readonly comments: string[] = [];
  /** Resolves when the stream has ended, and all of it was read. */
  readonly closed: Promise<void>;
  private readonly arrivals: (() => void)[] = [];

  private constructor(
    readonly response: http.IncomingMessage,
    private readonly request: http.ClientRequest,
  ) {
    const lines = createInterface({ input: response });
    // One that was closed from this side ends as well.
    this.closed = this.read(lines).catch(() => undefined);
  }

  static open(uri: string, headers: Record<string, string> = {}): Promise<EventSource> {
    return new Promise((resolve, reject) => {
      const options = { headers: { Accept: 'text/event-stream', ...headers }, agent: false };
      const request = http.get(uri, options, (response) => resolve(new EventSource(response, request)));
      request.once('error', reject);
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** Waits for the first event that it holds of. */
  async until(holds: (event: StreamedEvent) => boolean): Promise<StreamedEvent> {
    for (;;) {
      const found = this.events.find(holds);
      if (found) return found;
      await new Promise<void>((resolve) => this.arrivals.push(resolve));
    }
  }

  close(): void {
    this.request.destroy();
  }

  private async read(lines: Interface): Promise<void> {
    let fields: Record<string, string> = {};
    for await (const line of lines) {
      if (line.startsWith(':')) this.comments.push(line);
      else if (line !== '') {
        const [name = '', value = ''] = line.split(/: (.*)/s);
        fields[name] = value;
      } else if (fields['data'] !== undefined) {
        this.events.push({ id: Number(fields['id']), type: fields['event'] ?? '', data: JSON.parse(fields['data']) });
        fields = {};
        for (const arrived of this.arrivals.splice(0)) arrived();
      }
    }
  }
}
