import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { TextsController } from './texts.controller.js';
import { TextsRepository } from './texts.repository.js';
import { TextsService } from './texts.service.js';

/** What both processes know of texts. */
@Module({ imports: [ImagesModule, LimitsModule], providers: [TextsRepository, TextsService], exports: [TextsService] })
export class TextsModule {}

/** The routes: in the API alone. */
@Module({ imports: [TextsModule], controllers: [TextsController] })
export class TextsApiModule {}
