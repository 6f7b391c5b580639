import { type Case, isCallback, type Step } from './example.js';
import { practisedUses } from './practised-uses.js';
import { specifiedUses } from './specified-uses.js';
import { type Success, successes } from './successes.js';

export interface Cases {
  successes: readonly Success[];
  specified: readonly Case[];
  practised: readonly Case[];
}

/** All cases that a build with these operations shows, without the steps that it has no operation for. */
export function casesOf(operations: readonly { id: string }[]): Cases {
  const known = new Set(operations.map(({ id }) => id));
  return {
    successes: shown(successes, known),
    specified: shown(specifiedUses, known),
    practised: shown(practisedUses, known),
  };
}

function shown<C extends Case>(cases: readonly C[], known: ReadonlySet<string>): C[] {
  return cases.flatMap((each) => {
    const steps = each.steps.filter((step) => isCallback(step) || known.has(step.operation));
    return steps.some(isRequest) ? [{ ...each, steps }] : [];
  });
}

function isRequest(step: Case['steps'][number]): step is Step {
  return !isCallback(step);
}
