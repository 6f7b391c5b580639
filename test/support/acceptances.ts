import { randomUUID } from 'node:crypto';
import { type Acceptance } from '../../src/tasks/acceptance.js';

/** Acceptances of tasks of an owner, each of work that nobody else wants; the repository makes tasks of them. */
export function acceptancesOf(owner: string, count: number): Acceptance[] {
  return Array.from({ length: count }, () => ({
    ...{ id: randomUUID(), owner, operations: [], speech: 'json', imageId: null, imageDigest: 'none', inputs: [] },
    ...{ workDigest: 'none', leader: null, taskTtl: null, resultTtl: null, callback: null, header: null, fresh: true },
    ...{ source: { digest: 'none' }, queued: true, expectation: { estimate: 1, wait: 0, p90: 1, ahead: 0 } },
  }));
}
