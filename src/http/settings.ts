import { type Application } from 'express';
import { type Doorkeeper } from './doorkeeper.js';
import { type BodyPace } from './body-pace.js';
import { type CallerLimits } from './caller-limits.js';

/** What the HTTP vocabulary needs to know of the process it runs in. */
export interface HttpSettings {
  /** Origin of all links; the request's own where absent. */
  publicUrl?: string;
  /** True once SIGTERM came: no new work is taken. */
  draining: boolean;
  /** The time by which everything ends that has a time: the database's, not this process's own. */
  now: () => Date;
  /** Whether nothing can be read or written at this moment. */
  isDatabaseAway: () => boolean;
  /** The largest upload, bytes. */
  uploadBytesMax: number;
  /** How slowly a body may come. */
  bodyPace: BodyPace;
  /** What one caller may ask of this process. */
  limits: CallerLimits;
  /** Media types of the images that are read. */
  imageTypes: readonly string[];
  /** Whether a callback may lead to an address that is not public. */
  privateCallbacks: 'refuse' | 'allow';
  /** What a secret is kept as that has to be read again. */
  sealed: (secret: string) => string;
  /** Whether a path was minted by an owner and is not filled yet: all it knows then is to be filled or given back. */
  isEmptySlot: (owner: string, path: string) => Promise<boolean>;
  /** Knows who calls. */
  doorkeeper: Doorkeeper;
  /** The OpenAPI document, JSON. */
  openapi: string;
}

const byApp = new WeakMap<Application, HttpSettings>();

export function configureHttp(app: Application, settings: HttpSettings): void {
  byApp.set(app, settings);
}

export function httpSettings(app: Application): HttpSettings {
  const settings = byApp.get(app);
  if (settings === undefined) throw new Error('configureHttp was not called for this app');
  return settings;
}
