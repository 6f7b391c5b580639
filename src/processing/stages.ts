import { decoded } from './decoded.js';
import { eachPage } from './each-page.js';
import { decodedFirst, type Journey } from './journey.js';
import { onPixels } from './on-pixels.js';
import { type OperationCall } from './operation.js';
import { operationOf } from './operations.js';
import { type Finding, type Findings } from './pixel-work.js';
import { Stage } from './stage.js';

/**
 * Takes the picture through all operations but the writing and the reading, in as few stages as the order allows; the last of them is
 * not run yet.
 * @param report is told of each operation when it comes
 */
export async function through(
  calls: readonly OperationCall[],
  journey: Journey,
  report: (index: number) => void,
): Promise<{ stage: Stage; findings: Findings }> {
  const findings: Record<string, Finding> = {};
  let stage = await firstStage(journey);
  for (const [index, call] of calls.entries()) {
    const operation = operationOf(call);
    report(index);
    if (operation.name === 'convert' || operation.name === 'ocr') continue;
    if (operation.work || !stage.takes(operation, call)) {
      // An empty one: nothing holds on to the pixels of the one before.
      stage = new Stage(journey, await decoded(stage, journey, () => stage.develop()));
    }
    if (operation.work) {
      const { picture, finding } = onPixels(journey, await stage.develop(), operation, call);
      if (finding) findings[operation.name] = finding;
      stage = new Stage(journey, picture);
    } else if (stage.takes(operation, call)) await stage.add(operation, call);
    else stage = new Stage(journey, await eachPage(journey, await stage.develop(), operation, call));
  }
  return { stage, findings };
}

async function firstStage(journey: Journey): Promise<Stage> {
  const { header } = journey;
  const pixels = await decodedFirst(journey);
  return new Stage(journey, {
    ...(pixels && { pixels }),
    size: { width: header.width, height: header.height },
    pages: journey.pages === 'all' ? header.pages : 1,
    orientation: header.orientation ?? 1,
    grey: header.colours === 'grey',
  });
}
