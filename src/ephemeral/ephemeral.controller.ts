import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { negotiate } from '../http/negotiation.js';
import { Operation } from '../http/operation.decorator.js';
import { type Receiver, takeImage } from '../images/image.intake.js';
import { statedType } from '../processing/conversion.js';
import { formatOf } from '../processing/formats.js';
import { type OperationCall } from '../processing/operation.js';
import { type Incoming } from '../storage/blob-store.js';
import * as contract from './ephemeral.contract.js';
import { EphemeralService } from './ephemeral.service.js';
import { inspectionView } from './inspection.view.js';
import { takePreview } from './preview.intake.js';
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
    const { signal } = call;
    const { upload, operations } = await takePreview(call, this.receiver, (asked) => checkAsked(call, asked));
    const receive = performance.now() - began;
    try {
      const order = {
        owner: call.owner,
        upload,
        operations,
        check: (type: string) => void negotiate(call.request, [type]),
      };
      const made = await this.ephemeral.preview(order, signal);
      if (!made.ok) throw previewRefusal(made, operations, call);
      const { header, durations, file } = made;
      return {
        status: 200,
        headers: { 'Server-Timing': serverTiming({ receive, ...durations, total: performance.now() - began }) },
        bytes: {
          mediaType: header.mediaType,
          size: header.bytes,
          filename: `preview.${formatOf(header.format).extension}`,
          file,
        },
      };
    } finally {
      await this.ephemeral.discard(upload);
    }
  }
}

/** What headers and operations decide, whatever the image is. */
function checkAsked({ request, origin }: Call, operations: readonly OperationCall[]): void {
  refuseText(operations, origin);
  const mediaType = statedType(operations);
  if (mediaType !== undefined) negotiate(request, [mediaType]);
}
