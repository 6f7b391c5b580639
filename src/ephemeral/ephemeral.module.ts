import { Module } from '@nestjs/common';
import { Config } from '../config.js';
import { ImagesModule } from '../images/images.module.js';
import { Processing } from '../processing/processing.js';
import { TasksApiModule } from '../tasks/tasks.module.js';
import { EphemeralProcessing } from './ephemeral-processing.js';
import { EphemeralController } from './ephemeral.controller.js';
import { EphemeralService } from './ephemeral.service.js';

/** An estimate may be wrong by so much before the work is stopped. */
const patience = 2;

const processing = {
  provide: EphemeralProcessing,
  inject: [Config, Processing],
  useFactory: (config: Config, { limits }: Processing) => {
    const pixels = config.PREVIEW_PIXELS_MAX;
    const timeoutMs = patience * config.PREVIEW_SECONDS_MAX * 1000;
    return new EphemeralProcessing({
      size: config.PREVIEW_CONCURRENCY,
      limits: {
        ...limits,
        outputPixelsMax: Math.min(limits.outputPixelsMax, pixels),
        timeoutMs,
        hashTimeoutMs: timeoutMs,
      },
    });
  },
};

@Module({
  imports: [ImagesModule, TasksApiModule],
  controllers: [EphemeralController],
  providers: [processing, EphemeralService],
})
export class EphemeralApiModule {}
