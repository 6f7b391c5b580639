import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config } from '../config.js';
import { makeSecret, readSecret } from '../secret-file.js';
import { ifMissing } from '../system-error.js';

const cipherName = 'aes-256-gcm';
const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16] as const;

/** What a sealed text begins with: how it was sealed. */
const mark = 'sealed.1.';

/** A text that was sealed under another key, or changed since. */
export class Unsealable extends Error {
  constructor(options?: ErrorOptions) {
    super('A secret cannot be read: it was kept under another SECRET_KEY, or another DATA_DIR/secret.key.', options);
    this.name = 'Unsealable';
  }
}

/**
 * Seals the secrets of callers, which have to be read again to sign: whoever sees the database, or a dump of it, does not see them.
 * AES-256-GCM (NIST SP 800-38D) under a key that is not in the database. The nonce is a MAC of the text, so that the same
 * text is sealed to the same: an order that comes again is still told from another one.
 */
export class Sealing {
  private readonly cipherKey: Buffer;
  private readonly nonceKey: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    const derived = (purpose: string): Buffer =>
      Buffer.from(hkdfSync('sha256', key, '', `darkroom ${purpose}`, keyBytes));
    [this.cipherKey, this.nonceKey] = [derived('cipher'), derived('nonce')];
  }

  seal(text: string): string {
    const nonce = createHmac('sha256', this.nonceKey).update(text).digest().subarray(0, nonceBytes);
    const cipher = createCipheriv(cipherName, this.cipherKey, nonce, { authTagLength: tagBytes });
    const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return mark + Buffer.concat([nonce, cipher.getAuthTag(), content]).toString('base64url');
  }

  /**
   * What was kept before anything was sealed is taken as it is.
   * @throws Unsealable
   */
  open(sealed: string): string {
    if (!sealed.startsWith(mark)) return sealed;
    const bytes = Buffer.from(sealed.slice(mark.length), 'base64url');
    try {
      const decipher = createDecipheriv(cipherName, this.cipherKey, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new Unsealable({ cause });
    }
  }
}

/** The key of SECRET_KEY; without it that of DATA_DIR, which is made now if there is none. All processes share it. */
export async function openSealing({ SECRET_KEY, DATA_DIR }: Config): Promise<Sealing> {
  if (SECRET_KEY !== undefined) return new Sealing(Buffer.from(SECRET_KEY, 'hex'));
  const file = join(DATA_DIR, 'secret.key');
  const kept = await readSecret(file).catch(ifMissing);
  if (kept !== undefined) return new Sealing(Buffer.from(kept, 'hex'));
  await mkdir(DATA_DIR, { recursive: true });
  await makeSecret(file, keyBytes);
  return new Sealing(Buffer.from(await readSecret(file), 'hex'));
}
