import { type Lesson, rateOf, type Rates } from '../processing/rates.js';
import { p50Of, type Task } from './task.js';

/** How many times the p50 the p90 is stands among the rates. */
const kind = 'p90';
/** Of so many tasks the end is to be within the p90. */
const share = 0.9;
/**
 * How far the logarithm of the factor moves at once, as a part of itself: what is narrow is found with small steps. They
 * are to outlast a burst, whose tasks all come late, or early, together.
 */
const pace = 0.07;
/** At least so far: it finds back from nothing. */
const stepMin = 0.01;

export function spreadOf(rates: Rates): number {
  return Math.max(1, rateOf(kind, rates).rate);
}

/**
 * Moves the factor up where a task took longer, a ninth of that down where it did not: it comes to rest where nine in ten
 * do not (stochastic approximation of a quantile).
 */
export function spreadLesson(task: Pick<Task, 'estimate' | 'wait'>, rates: Rates, seconds: number): Lesson {
  const { rate } = rateOf(kind, rates);
  const step = Math.max(stepMin, pace * Math.log(rate));
  const miss = seconds > p50Of(task) * rate;
  return { kind, rate, factor: Math.exp(step * (miss ? share : share - 1)), evidence: 1 };
}
