import { type Drill } from './drill.js';
import { killedWorker } from './drills/killed-worker.js';
import { quiet } from './drills/quiet.js';

export const drills: readonly Drill[] = [quiet, killedWorker];
