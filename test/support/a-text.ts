import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { aPage, aRecognition } from './a-recognition.js';

/** A text as a worker would have stored it, of two lines. Its PDF is not there. @returns its id */
export async function storeText(databaseUrl: string, owner = 'local'): Promise<string> {
  const id = randomUUID();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into texts (id, owner, task_id, recognition, digest, bytes, findings, expires_at)
     values ($1, $2, $3, $4, $5, 1000, '{"deskew": {"angle": 3.2}}', now() + interval '1 day')`,
    [id, owner, randomUUID(), JSON.stringify(aRecognition(aPage(['two words', 'and three more']))), 'a'.repeat(64)],
  );
  await client.end();
  return id;
}
