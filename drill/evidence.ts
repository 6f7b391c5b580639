import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isAliveSql } from '../src/queue/worker-lock.js';
import { type Received } from '../test/support/receiver.js';
import { type Ledger } from './ledger.js';
import { type Sql } from './sql.js';
import { type Told } from './watchers.js';

export interface TaskRow {
  id: string;
  state: 'pending' | 'ok' | 'failed' | 'cancelled';
  problem: string | null;
  round: number;
  /** The URL of its callback, or the SHA-256 of its image's bytes. */
  marks: string[];
  told: boolean;
  outcomeId: string | null;
  outcomeDigest: string | null;
}

/** An image or a text that a task has made. */
export interface OutcomeRow {
  id: string;
  taskId: string;
  digest: string;
  bytes: number;
}

export interface AlertRow {
  id: string;
  taskId: string;
  round: number;
  state: 'pending' | 'delivered' | 'failed';
  type: string;
  /** Attempts that the service has on record, and those of them that succeeded. */
  deliveries: number;
  succeeded: number;
}

export interface JobRow {
  id: string;
  name: string;
  /** Who holds it is dead. */
  orphaned: boolean;
  /** It is not tried again. */
  exhausted: boolean;
  error: string | null;
}

/** Bytes of an owner: what the quota counts, and what there is. */
export interface Usage {
  owner: string;
  counted: number;
  stored: number;
}

/** A file of the blob store, as it is on disk. */
export interface Blob {
  name: string;
  sha256: string;
  bytes: number;
}

/** All that the checker looks at: what the client was told, and what there is. */
export interface Evidence {
  ledger: Pick<Ledger, 'entries' | 'wishes'>;
  tasks: TaskRow[];
  outcomes: OutcomeRow[];
  alerts: AlertRow[];
  jobs: JobRow[];
  usage: Usage[];
  /** Digests of bytes that rows speak of. */
  referred: string[];
  blobs: Blob[];
  /** Files in the making that nobody is making any more. */
  temporary: string[];
  received: Received[];
  told: Told[];
}

export async function collect(sql: Sql, dataDir: string): Promise<Omit<Evidence, 'ledger' | 'received' | 'told'>> {
  const [tasks, outcomes, alerts, jobs, usage, referred] = await Promise.all([
    sql.rows<TaskRow>(
      `select id, state, problem, round, callback is not null as told, outcome_id as "outcomeId",
              outcome_digest as "outcomeDigest", array_remove(array[callback->>'url', image_digest], null) as marks from tasks`,
    ),
    sql.rows<OutcomeRow>(
      `select id, task_id as "taskId", digest, bytes::int from images where task_id is not null
       union all select id, task_id, digest, bytes::int from texts`,
    ),
    sql.rows<AlertRow>(
      `select id, task_id as "taskId", round, state, type,
              (select count(*)::int from deliveries where alert_id = alerts.id) as deliveries,
              (select count(*)::int from deliveries where alert_id = alerts.id and state = 'succeeded') as succeeded
       from alerts`,
    ),
    sql.rows<JobRow>(
      `select jobs.id::text, identifier as name, locked_by is not null and not ${isAliveSql('locked_by')} as orphaned,
              attempts >= max_attempts and locked_by is null as exhausted, last_error as error
       from graphile_worker._private_jobs as jobs join graphile_worker._private_tasks as names on names.id = task_id`,
    ),
    sql.rows<Usage>(
      `with counted as (select owner, sum(bytes) as bytes from storage_usage group by owner),
            stored as (
              select owner, sum(bytes) as bytes from (
                select owner, bytes from images union all select owner, bytes from texts
              ) as each group by owner
            )
       select owner, coalesce(counted.bytes, 0)::int as counted, coalesce(stored.bytes, 0)::int as stored
       from counted full join stored using (owner)`,
    ),
    sql.rows<{ digest: string }>(
      'select digest from images union select digest from texts union select image_digest from tasks',
    ),
  ]);
  const { blobs, temporary } = await filesIn(join(dataDir, 'blobs'));
  return { tasks, outcomes, alerts, jobs, usage, referred: referred.map(({ digest }) => digest), blobs, temporary };
}

export async function temporaryIn(dataDir: string): Promise<string[]> {
  return (await filesIn(join(dataDir, 'blobs'))).temporary;
}

async function filesIn(folder: string): Promise<{ blobs: Blob[]; temporary: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const isTemporary = (path: string): boolean => path.endsWith('incoming');
  const stored = files.filter(({ parentPath }) => !isTemporary(parentPath));
  return {
    temporary: files.filter(({ parentPath }) => isTemporary(parentPath)).map(({ name }) => name),
    blobs: await Promise.all(stored.map(({ parentPath, name }) => blobAt(join(parentPath, name), name))),
  };
}

async function blobAt(path: string, name: string): Promise<Blob> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { name, sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}
