import { type DestinationStream } from 'pino';

/** Lines for people, out of lines for programs. */
export function readable(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(textOf(line)) };
}

function textOf(line: string): string {
  const { time, level, process, msg, err, ...fields }: Record<string, unknown> = fieldsOf(line);
  const told = Object.entries(fields).map(([name, value]) => `${name}=${valueOf(value)}`);
  const head = [String(time).slice(11, 23), String(level).padEnd(5), String(process).padEnd(6), String(msg)];
  return `${[...head, ...told].join(' ')}\n${err === undefined ? '' : `${stackOf(err)}\n`}`;
}

function fieldsOf(line: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === 'object' ? { ...parsed } : { msg: line };
}

const valueOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function stackOf(error: unknown): string {
  const stack: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined;
  return typeof stack === 'string' ? stack : valueOf(error);
}
