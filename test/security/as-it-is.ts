import { bytesOf } from '../fuzz/message.js';
import { ask, hear } from '../fuzz/wire.js';
import { type Reply } from '../support/client.js';

// What a client of Node's would make right, or not send at all.

/** A request whose target goes out as it is. */
export async function plain(origin: string, method: string, target: string): Promise<Reply> {
  const message = { method, target, headers: [], body: Buffer.alloc(0) };
  const reply = await ask(origin, method, bytesOf(message, new URL(origin).host));
  if (reply === undefined) throw new Error(`${method} ${target} was not answered.`);
  return reply;
}

/** Bytes, a character each; HOST is the service's own. @returns the statuses that came back, in order, and the problem that is told */
export async function raw(origin: string, text: string): Promise<string> {
  const bytes = Buffer.from(text.replaceAll('HOST', new URL(origin).host), 'latin1');
  return heardStatuses(await hear(origin, bytes, 1_500));
}

export function heardStatuses(heard: string): string {
  const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
  const slug = /\/problems\/([a-z-]+)/.exec(heard)?.[1];
  if (statuses.length === 0) return 'closed';
  return slug === undefined ? statuses.join(', ') : `${statuses.join(', ')} ${slug}`;
}
