import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ReservationsModule } from '../reservations/reservations.module.js';
import { HashImageJob } from './hash-image.job.js';
import { ImagesController } from './images.controller.js';
import { ImagesRepository } from './images.repository.js';
import { ImagesService } from './images.service.js';
import { LooksService } from './looks.service.js';

/** What both processes know of images. */
@Module({
  imports: [ReservationsModule, LimitsModule],
  providers: [ImagesRepository, ImagesService],
  exports: [ImagesService, ImagesRepository],
})
export class ImagesModule {}

/** The jobs: in the worker alone. */
@Module({ imports: [ImagesModule], providers: [HashImageJob, LooksService] })
export class ImagesWorkModule {}

/** The routes: in the API alone. */
@Module({ imports: [ImagesModule, ReservationsModule, IdempotencyModule], controllers: [ImagesController] })
export class ImagesApiModule {}
