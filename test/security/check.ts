import { type Reply } from '../support/client.js';
import { type Scene } from './scene.js';

/** Where it is described: OWASP API Security Top 10 2023 (API1 to API10), OWASP File Upload Cheat Sheet, an RFC, or another. */
export interface About {
  /** Unique, and stable: the document refers to it. */
  readonly id: string;
  readonly source: string;
  /** What is tried. */
  readonly title: string;
  /** As one line. */
  readonly request: string;
  /** How what is seen begins. */
  readonly expected: string;
}

export interface Check extends About {
  /** The same each time: neither ids nor dates nor durations. */
  readonly see: (scene: Scene) => Promise<string>;
}

export function check(about: About, see: (scene: Scene) => Promise<string>): Check {
  return { ...about, see };
}

/** An answer in a few words: `400 malformed-body`. */
export function told({ status, text }: Pick<Reply, 'status' | 'text'>): string {
  const slug = status < 400 ? undefined : /\/problems\/([a-z-]+)/.exec(text)?.[1];
  return slug === undefined ? String(status) : `${status} ${slug}`;
}

/** The same, and what it says to the caller. */
export function explained(reply: Reply): string {
  const [error] = (reply.json?.errors ?? []) as Record<string, string>[];
  const at = error?.['pointer'] ?? error?.['parameter'] ?? error?.['header'];
  return at === undefined ? told(reply) : `${told(reply)} at ${at === '' ? 'the root' : at}`;
}
