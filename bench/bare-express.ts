import { randomUUIDv7 } from 'node:crypto';
import { createServer } from 'node:http';
import express, { type Request, type Response } from 'express';
import pg from 'pg';

// A program: what accepting a task would be without any of the service: one handler, one INSERT, no checks, no job.

const { DATABASE_URL, PORT, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
pool.on('error', () => undefined);

const insert = `insert into bare_tasks (id, operations, image_id, image_digest, estimate, attempts_left)
  values ($1, $2, $3, $4, $5, $6)`;

async function accept(
  request: Request<object, object, { image: string; operations: object[] }>,
  response: Response,
): Promise<void> {
  const { image, operations } = request.body;
  const id = randomUUIDv7();
  await pool.query(insert, [id, JSON.stringify(operations), image, 'f'.repeat(64), 0.1, 3]);
  response.status(202).location(`/tasks/${id}`).json({ id, state: 'pending', operations });
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/ready', (_request, response) => void response.end());
app.post('/tasks', express.json(), accept);
const server = createServer(app).listen(Number(PORT), '127.0.0.1');
server.once('listening', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
