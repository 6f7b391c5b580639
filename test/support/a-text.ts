import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { BlobStore } from '../../src/storage/blob-store.js';
import { aPage, aRecognition } from './a-recognition.js';

/** A text as a worker would have stored it, of two lines. Its PDF is not there, unless its digest is given. @returns its id */
export async function storeText(databaseUrl: string, owner = 'local', digest = 'a'.repeat(64)): Promise<string> {
  const id = randomUUID();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into texts (id, owner, task_id, recognition, digest, bytes, findings, expires_at)
     values ($1, $2, $3, $4, $5, 1000, '{"deskew": {"angle": 3.2}}', now() + interval '1 day')`,
    [id, owner, randomUUID(), JSON.stringify(aRecognition(aPage(['two words', 'and three more']))), digest],
  );
  await client.end();
  return id;
}

/** Bytes where the PDF of such a text would be, as many as it says. @returns their digest */
export async function storePdf(dataDir: string): Promise<string> {
  const blobs = await BlobStore.open(join(dataDir, 'blobs'));
  const incoming = await blobs.receive(Readable.from([Buffer.from('%PDF-1.7'.padEnd(1_000))]), 1_000);
  await blobs.keep(incoming);
  return incoming.digest;
}
