import { type Case } from './example.js';
import { practisedUses } from './practised-uses.js';
import { specifiedUses } from './specified-uses.js';
import { type Success, successes } from './successes.js';

export interface Cases {
  successes: readonly Success[];
  specified: readonly Case[];
  practised: readonly Case[];
}

/** All that the guide shows. */
export const cases: Cases = { successes, specified: specifiedUses, practised: practisedUses };
