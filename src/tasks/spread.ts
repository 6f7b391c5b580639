import { type Lesson, rateOf, type Rates } from '../processing/rates.js';
import { p50Of, type Task } from './task.js';

type Place = Pick<Task, 'estimate' | 'wait'>;

/** Of so many tasks the end is to be within the p90. */
const share = 0.9;
/** How far the logarithm of the factor moves at once, as a part of itself: what is narrow is found with smaller steps. */
const pace = 0.25;
/** At least so far: it finds back from nothing. */
const stepMin = 0.02;

/** A task that mostly waits depends on others; one that mostly works, on itself. */
const kindOf = ({ estimate, wait }: Place): string => (wait > estimate ? 'p90 waiting' : 'p90 working');

/** How many times the p50 the p90 is. */
export function spreadOf(place: Place, rates: Rates): number {
  return Math.max(1, rateOf(kindOf(place), rates).rate);
}

/**
 * Moves the factor up where a task took longer, a ninth of that down where it did not: it comes to rest where nine in ten
 * do not (stochastic approximation of a quantile).
 */
export function spreadLesson(task: Place, rates: Rates, seconds: number): Lesson {
  const kind = kindOf(task);
  const { rate } = rateOf(kind, rates);
  const step = Math.max(stepMin, pace * Math.log(rate));
  const miss = seconds > p50Of(task) * rate;
  return { kind, rate, factor: Math.exp(step * (miss ? share : share - 1)), evidence: 1 };
}
