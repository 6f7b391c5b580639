import { type Acceptance, type Wanted } from './acceptance.js';
import { type Task } from './task.js';

/**
 * Who does the work of each: the task that leads it already, or else the first that wants it, for all that come after it.
 * Fresh work is done by whoever wants it, for nobody else.
 * @param leading tasks that are pending
 */
export function withLeaders(
  wanted: readonly Wanted[],
  leading: readonly Pick<Task, 'id' | 'workDigest'>[],
): Omit<Acceptance, 'expectation'>[] {
  const leaders = new Map(leading.map(({ id, workDigest }) => [workDigest, id]));
  return wanted.map((each) => {
    if (each.fresh) return { ...each, leader: null, queued: true };
    const leader = leaders.get(each.workDigest) ?? each.id;
    leaders.set(each.workDigest, leader);
    return { ...each, leader, queued: leader === each.id };
  });
}
