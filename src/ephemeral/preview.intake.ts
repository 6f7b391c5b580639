import { type Call, multipartAllowance } from '../http/call.js';
import { readCompound } from '../http/compound-body.js';
import { type FormField } from '../http/form-fields.js';
import { parseJson } from '../http/json.js';
import { httpSettings } from '../http/settings.js';
import { validateBody } from '../http/validate.js';
import { imageIn, type Receiver, takeRaw } from '../images/image.intake.js';
import { type OperationCall } from '../processing/operation.js';
import { type Incoming } from '../storage/blob-store.js';
import { operationsIn } from '../tasks/task-document.js';
import { askedInForm, faultsOfFields, refuseTwice } from '../tasks/task.form.js';
import { speechOf } from '../tasks/task.intake.js';
import { taskFromXml } from '../tasks/task.xml.js';
import { inQuery, operationsOfQuery, type PreviewCall } from './preview-query.js';
import { previewFields, PreviewRequest } from './preview-request.contract.js';

export interface PreviewIntake {
  upload: Incoming;
  operations: OperationCall[];
}

/**
 * Image and operations, raw with a query or in a multipart body.
 * @param check refuses what is asked for by throwing; where the query tells it, before the image is taken in
 */
export async function takePreview(
  call: PreviewCall,
  receiver: Receiver<Incoming>,
  check: (operations: readonly OperationCall[]) => void,
): Promise<PreviewIntake> {
  const bytesMax = httpSettings(call.request.app).uploadBytesMax;
  const asked = operationsOfQuery(call);
  if (call.contentType.startsWith('multipart/')) {
    if (asked !== undefined) throw inQuery('operations come in the body here, and not in the query');
    return takeCompound(call, receiver, bytesMax, check);
  }
  if (asked === undefined) throw inQuery('which? operations=[…] in JSON, or fields such as resize.width=400');
  check(asked);
  return { upload: await takeRaw(call.request, receiver, bytesMax), operations: asked };
}

async function takeCompound(
  call: Call,
  receiver: Receiver<Incoming>,
  bytesMax: number,
  check: (operations: readonly OperationCall[]) => void,
): Promise<PreviewIntake> {
  const { document, fields, ...compound } = await readCompound<Incoming>(call.request, bytesMax + multipartAllowance, {
    document: 'task',
    file: 'image',
    fields: previewFields,
    receive: (stream) => receiver.receive(stream, bytesMax),
    discard: receiver.discard,
  });
  try {
    refuseTwice(document, fields);
    const operations = document === undefined ? ofForm(call, fields) : ofDocument(call, document);
    check(operations);
    return { upload: imageIn({ ...compound, fields }), operations };
  } catch (error) {
    if (compound.file !== undefined) await receiver.discard(compound.file);
    throw error;
  }
}

function ofDocument(call: Call, document: { mediaType: string; text: string }): OperationCall[] {
  const speech = speechOf(document);
  const body = speech === 'xml' ? taskFromXml(document.text) : parseJson(document.text);
  return operationsIn(call, validateBody(PreviewRequest, body).operations, speech);
}

function ofForm(call: Call, fields: readonly FormField[]): OperationCall[] {
  const { operations } = askedInForm(fields);
  return operationsIn(call, operations, 'json', (faults) => faultsOfFields(faults, operations));
}
