import { randomUUIDv7 } from 'node:crypto';
import { createServer } from 'node:http';
import express, { type Request, type Response } from 'express';
import pg from 'pg';
import { serve } from './serve.js';

// A program: what accepting a task would be without any of the service: one handler, one INSERT, no checks, no job.

const { DATABASE_URL, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
pool.on('error', () => undefined);

const insert = `insert into bare_tasks (id, owner, operations, image_id, image_digest, estimate, attempts_left)
  values ($1, $2, $3, $4, $5, $6, $7)`;

async function accept(
  request: Request<object, object, { image: string; operations: object[] }>,
  response: Response,
): Promise<void> {
  const { image, operations } = request.body;
  const id = randomUUIDv7();
  await pool.query(insert, [id, 'local', JSON.stringify(operations), image, 'f'.repeat(64), 0.1, 3]);
  response.status(202).location(`/tasks/${id}`).json({ id, state: 'pending', operations });
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/ready', (_request, response) => void response.end());
app.post('/tasks', express.json(), accept);
serve(createServer(app));
process.once('SIGTERM', () => void pool.end());
