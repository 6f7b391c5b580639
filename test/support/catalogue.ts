import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

/** A row of images, as far as a test says. */
export interface CatalogueImage {
  name?: string;
  labels?: Record<string, string>;
  digest?: string;
  bytes?: number;
  mediaType?: string;
  width?: number;
  height?: number;
  /** 16 hexadecimal digits. */
  hash?: string;
  owner?: string;
  created?: string;
}

/** Rows without bytes, for what looks at rows alone. */
export class Catalogue implements AsyncDisposable {
  private constructor(private readonly database: pg.Client) {}

  static async open(url: string): Promise<Catalogue> {
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    return new Catalogue(database);
  }

  /** @returns the image's id */
  async add(image: CatalogueImage = {}): Promise<string> {
    const { name, labels = {}, bytes = 1000, mediaType = 'image/png', width = 10, height = 10 } = image;
    const { owner = 'local', created = new Date().toISOString() } = image;
    const digest = image.digest ?? randomBytes(32).toString('hex');
    const hash = image.hash === undefined ? null : BigInt.asIntN(64, BigInt(`0x${image.hash}`)).toString();
    const { rows } = await this.database.query<{ id: string }>(
      `insert into images (id, owner, name, labels, digest, bytes, media_type, width, height, pages, hash, created_at)
       values (uuidv7(), $1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) returning id`,
      [owner, name, labels, digest, bytes, mediaType, width, height, hash, created],
    );
    return rows[0]?.id ?? '';
  }

  /** Words that were read from the bytes of this digest. @returns the text's id */
  async addText(digest: string, words: string, owner = 'local'): Promise<string> {
    const { rows } = await this.database.query<{ id: string }>(
      `insert into texts (id, owner, task_id, image_digest, recognition, digest, bytes, findings, expires_at, words)
       values (uuidv7(), $1, $2, $3, '{"languages":[],"pages":[]}', $4, 1, '{}', now() + interval '1 day', to_tsvector('simple', plain_words($5)))
       returning id`,
      [owner, randomUUID(), digest, 'a'.repeat(64), words],
    );
    return rows[0]?.id ?? '';
  }

  async query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.database.query<Record<string, unknown>>(sql, values)).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.end();
  }
}
