import { type Call } from '../http/call.js';
import { parseJson } from '../http/json.js';
import { invalidParameters } from '../http/validate.js';
import { type OperationCall } from '../processing/operation.js';
import { Problem } from '../problems.js';
import { operationsIn } from '../tasks/task-document.js';
import { faultsOfFields, taskFromForm } from '../tasks/task.form.js';
import { previewFields, type PreviewQuery } from './preview-request.contract.js';

export type PreviewCall = Call & { query: PreviewQuery };

/**
 * What the query asks for: a list in JSON, or fields in the order of the operations. undefined: it says nothing.
 * @throws Problem 400: what is wrong in a query is the fault of a parameter
 */
export function operationsOfQuery(call: PreviewCall): OperationCall[] | undefined {
  const { operations } = call.query;
  const fields = [...call.url.searchParams].filter(([name]) => previewFields.has(name));
  if (operations !== undefined && fields.length > 0) throw inQuery('either a list in JSON, or fields');
  try {
    if (operations !== undefined) return operationsIn(call, parseJson(operations), 'json');
    const form = taskFromForm(fields);
    if (form.operations.length === 0) return undefined;
    return operationsIn(call, form.operations, 'json', (faults) => faultsOfFields(faults, form.operations));
  } catch (error) {
    throw error instanceof Problem ? ofParameters(error, operations !== undefined) : error;
  }
}

export function inQuery(detail: string): Problem {
  return invalidParameters([{ parameter: 'operations', detail }]);
}

/** @param listed whether they came as a list, in one parameter */
function ofParameters({ detail: sentence = '', errors = [{ detail: sentence }] }: Problem, listed: boolean): Problem {
  return invalidParameters(
    errors.map(({ pointer = '', detail }) => {
      if (!listed) return { parameter: pointer.slice(1), detail };
      const place = pointer.replace(/^\/operations\/?/, '');
      return { parameter: 'operations', detail: place === '' ? detail : `${place}: ${detail}` };
    }),
  );
}
