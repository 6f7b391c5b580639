import { type Call } from '../http/call.js';
import { invalidMember } from '../http/invalid-member.js';
import { refusalOf } from '../images/image.intake.js';
import { type Failure } from '../processing/failure.js';
import { namedImages } from '../processing/named-images.js';
import { type OperationCall } from '../processing/operation.js';
import { makesText } from '../processing/conversion.js';
import { Problem } from '../problems.js';
import { inputId } from '../tasks/task-inputs.js';
import { type NoSuchImage } from './ephemeral.service.js';

/** What is told where no preview came of it. */
export function previewRefusal(
  failure: Failure | NoSuchImage,
  operations: readonly OperationCall[],
  call: Call,
): Problem {
  switch (failure.reason) {
    case 'too-large':
    case 'timeout':
      return tooMuch(failure.detail, call.origin);
    case 'operation-failed':
      return new Problem('invalid-member', {
        detail: failure.detail,
        errors: [{ pointer: '/operations', detail: failure.detail }],
      });
    case 'no-such-image': {
      const named = namedImages(operations).find(({ image }) => inputId(image) === failure.id);
      return invalidMember(
        named?.pointer ?? '/operations',
        'there is no such image',
        'the URI of a stored image is expected',
      );
    }
    default:
      return inspectionRefusal(failure, call);
  }
}

export function inspectionRefusal(failure: Failure, call: Call): Problem {
  // Either the client is gone, and nobody hears this, or this process is about to be.
  if (failure.reason === 'aborted') return new Problem('draining', { headers: { 'Retry-After': '2' } });
  return refusalOf(failure, call);
}

/** @throws Problem 422 */
export function refuseText(operations: readonly OperationCall[], origin: string): void {
  if (makesText(operations)) throw tooMuch('ocr makes a text, which takes longer than a caller should wait.', origin);
}

function tooMuch(detail: string, origin: string): Problem {
  const tasks = `${origin}/images/tasks`;
  return new Problem('too-much-for-a-preview', {
    detail,
    members: { tasks },
    headers: { Link: `<${tasks}>; rel="related"` },
  });
}
