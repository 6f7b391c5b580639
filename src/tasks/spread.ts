import { type Lesson, rateOf, type Rates } from '../processing/rates.js';
import { p50Of, type Task } from './task.js';

/** How many times the p50 the p90 is stands among the rates. */
const kind = 'p90';
/** Nine in ten of a normal distribution lie below so many standard deviations. */
const deviations = 1.2816;
/** The weight of one task: the latest twenty or so count. */
const weight = 0.05;
/** No task is believed to have come later than e times what was expected: it was an accident. */
const latenessMax = 1;

export function spreadOf(rates: Rates): number {
  return Math.max(1, rateOf(kind, rates).rate);
}

/**
 * What a task teaches of how late tasks come. Their seconds are taken to be log-normal about the p50; its upper half alone
 * is looked at, for who comes early says nothing of who comes late. A quantile found by counting who came later would be
 * free of that assumption, but a burst comes late together: it took so long to find that the machine had changed by then.
 */
export function spreadLesson(task: Pick<Task, 'estimate' | 'wait'>, rates: Rates, seconds: number): Lesson {
  const { rate } = rateOf(kind, rates);
  const lateness = Math.min(Math.max(Math.log(seconds / p50Of(task)), 0), latenessMax);
  // One half of a variance is all that is seen of it.
  const seen = 2 * (deviations * lateness) ** 2;
  const known = Math.log(rate);
  const next = Math.sqrt((1 - weight) * known ** 2 + weight * seen);
  return { kind, rate, factor: Math.exp(next - known), evidence: 1 };
}
