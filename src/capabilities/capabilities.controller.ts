import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { httpSettings } from '../http/settings.js';
import { Processing } from '../processing/processing.js';
import { getCapabilities } from './capabilities.contract.js';
import { capabilitiesView } from './capabilities.view.js';

@Controller()
export class CapabilitiesController {
  constructor(private readonly processing: Processing) {}

  @Operation(getCapabilities)
  get({ request }: Call<typeof getCapabilities>): Answer<typeof getCapabilities> {
    const { uploadBytesMax } = httpSettings(request.app);
    return { status: 200, body: capabilitiesView(this.processing.limits, uploadBytesMax) };
  }
}
