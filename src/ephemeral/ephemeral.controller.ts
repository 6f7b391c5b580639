import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { type EphemeralBytes } from '../http/ephemeral-bytes.js';
import { negotiate } from '../http/negotiation.js';
import { Operation } from '../http/operation.decorator.js';
import { type Receiver, takeImage } from '../images/image.intake.js';
import { statedType } from '../processing/conversion.js';
import { formatOf } from '../processing/formats.js';
import { type OperationCall } from '../processing/operation.js';
import { type Incoming } from '../storage/blob-store.js';
import * as contract from './ephemeral.contract.js';
import { EphemeralService, type Preview } from './ephemeral.service.js';
import { inspectionView } from './inspection.view.js';
import { type PreviewIntake, takePreview } from './preview.intake.js';
import { inspectionRefusal, previewRefusal, refuseText } from './refusals.js';
import { serverTiming } from './server-timing.js';

@Controller()
export class EphemeralController {
  private readonly receiver: Receiver<Incoming>;

  constructor(private readonly ephemeral: EphemeralService) {
    this.receiver = {
      receive: (stream, bytesMax) => ephemeral.receive(stream, bytesMax),
      discard: (upload) => ephemeral.discard(upload),
    };
  }

  @Operation(contract.inspectImage)
  async inspect(call: Call<typeof contract.inspectImage>): Promise<Answer<typeof contract.inspectImage>> {
    this.ephemeral.refuseIfFull();
    const { signal } = call;
    const { file } = await takeImage(call, this.receiver, call.query);
    try {
      const inspected = await this.ephemeral.inspect(file, signal);
      if (!inspected.ok) throw inspectionRefusal(inspected, call);
      return { status: 200, body: inspectionView(file, inspected) };
    } finally {
      await this.ephemeral.discard(file);
    }
  }

  @Operation(contract.previewImage)
  async preview(call: Call<typeof contract.previewImage>): Promise<Answer<typeof contract.previewImage>> {
    const began = performance.now();
    this.ephemeral.refuseIfFull();
    const intake = await takePreview(call, this.receiver, (asked) => checkAsked(call, asked));
    const receive = performance.now() - began;
    try {
      const made = await this.make(call, intake);
      const timing = serverTiming({ receive, ...made.durations, total: performance.now() - began });
      return { status: 200, headers: { 'Server-Timing': timing }, bytes: bytesOf(made) };
    } finally {
      await this.ephemeral.discard(intake.upload);
    }
  }

  private async make(call: Call, { upload, operations }: PreviewIntake): Promise<Preview> {
    const check = (mediaType: string): void => void negotiate(call.request, [mediaType]);
    const made = await this.ephemeral.preview({ owner: call.owner, upload, operations, check }, call.signal);
    if (!made.ok) throw previewRefusal(made, operations, call);
    return made;
  }
}

function bytesOf({ header: { mediaType, bytes: size, format }, file }: Preview): EphemeralBytes {
  return { mediaType, size, filename: `preview.${formatOf(format).extension}`, file };
}

/** What headers and operations decide, whatever the image is. */
function checkAsked({ request, origin }: Call, operations: readonly OperationCall[]): void {
  refuseText(operations, origin);
  const mediaType = statedType(operations);
  if (mediaType !== undefined) negotiate(request, [mediaType]);
}
