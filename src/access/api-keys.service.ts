import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type ApiKey, type KeyDetails, keyIdOf, newKey, type Standing, standingOf } from './api-key.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { Recent } from './recent.js';
import { messageOf } from '../system-error.js';

/** What another process changes is known here after so long, ms: a revoked key opens nothing a second later. */
const freshMs = 500;

/** Keys that are remembered between requests; one takes some 500 bytes. */
const rememberedMax = 10_000;

const useNotedEveryMs = 60_000;

/** Keys: made, looked up, revoked. */
@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger('access');
  private readonly recent = new Recent<ApiKey | null>(freshMs, rememberedMax);
  private readonly any = new Recent<boolean>(freshMs, 1);
  /** Once true it stays so: revoking the last key opens nothing. */
  private everMade = false;

  constructor(private readonly keys: ApiKeysRepository) {}

  /** Whether a key was ever made, in whichever process. */
  async haveBeenMade(): Promise<boolean> {
    this.everMade ||= await this.any.of('', performance.now(), () => this.keys.any());
    return this.everMade;
  }

  /** @returns the key, where the token is a valid one; else what is wrong with it */
  async verify(token: string, now: Date): Promise<ApiKey | Exclude<Standing, 'valid'>> {
    const id = keyIdOf(token);
    if (id === undefined) return 'unknown';
    const key = await this.recent.of(id, performance.now(), () => this.keys.find(id));
    const standing = standingOf(key, token, now);
    if (standing !== 'valid') return standing;
    if (key === null) return 'unknown';
    this.noteUse(key, now);
    return key;
  }

  list(): Promise<ApiKey[]> {
    return this.keys.list();
  }

  /** @returns the token, which is told once: only its SHA-256 is kept */
  async make(details: KeyDetails, now: Date): Promise<{ key: ApiKey; token: string }> {
    const made = newKey(details, now, randomBytes);
    await this.keys.insert(made.key);
    this.everMade = true;
    return made;
  }

  /** @returns the key as it is then; null where there is none */
  async revoke(id: string, now: Date): Promise<ApiKey | null> {
    await this.keys.revoke(id, now);
    this.recent.forget(id);
    return this.keys.find(id);
  }

  /** Nobody waits for it, and a use that goes unnoted harms nobody. */
  private noteUse(key: ApiKey, now: Date): void {
    const since = new Date(now.getTime() - useNotedEveryMs);
    if (key.lastUsedAt !== null && key.lastUsedAt >= since) return;
    key.lastUsedAt = now;
    this.keys.noteUse(key.id, now, since).catch((error: unknown) => {
      this.logger.warn(`the use of a key was not noted: ${messageOf(error)}`);
    });
  }
}
