import { type Durations } from '../processing/pipeline.js';

/** Milliseconds of each step, and of all of them as the caller's request has taken. */
type Steps = Durations & { readonly receive: number; readonly wait: number };

const order = ['receive', 'wait', 'inspect', 'operations', 'encode', 'total'] as const satisfies (keyof Steps)[];

/** W3C Server Timing 2: in the order in which they were taken. What is decoded is decoded by the first step that needs it. */
export function serverTiming(steps: Steps): string {
  return order.map((name) => `${name};dur=${Math.max(0, steps[name]).toFixed(1)}`).join(', ');
}
