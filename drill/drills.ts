import { type Drill } from './drill.js';
import { abortedUploads } from './drills/aborted-uploads.js';
import { cutDatabase, frozenDatabase } from './drills/away-database.js';
import { badReceivers } from './drills/bad-receivers.js';
import { brokenSessions } from './drills/broken-sessions.js';
import { duplicates } from './drills/duplicates.js';
import { fullDisk } from './drills/full-disk.js';
import { hungProcesses } from './drills/hung-processes.js';
import { hungWorker } from './drills/hung-worker.js';
import { jumpingClocks } from './drills/jumping-clocks.js';
import { killedAll } from './drills/killed-all.js';
import { killedApi } from './drills/killed-api.js';
import { killedPostgres } from './drills/killed-postgres.js';
import { killedWorker } from './drills/killed-worker.js';
import { lostAnswers } from './drills/lost-answers.js';
import { model } from './drills/model.js';
import { poison } from './drills/poison.js';
import { quiet } from './drills/quiet.js';
import { terminated } from './drills/terminated.js';

export const drills: readonly Drill[] = [
  ...[quiet, killedWorker, killedApi, killedAll, killedPostgres, terminated],
  ...[frozenDatabase, cutDatabase, brokenSessions, hungWorker, hungProcesses, jumpingClocks, fullDisk],
  ...[abortedUploads, duplicates, lostAnswers, badReceivers, poison, model],
];
