import { Module } from '@nestjs/common';
import { ImagesController } from './images.controller.js';
import { ImagesRepository } from './images.repository.js';
import { ImagesService } from './images.service.js';

/** What both processes know of images. */
@Module({ providers: [ImagesRepository, ImagesService], exports: [ImagesService] })
export class ImagesModule {}

/** The routes: in the API alone. */
@Module({ imports: [ImagesModule], controllers: [ImagesController] })
export class ImagesApiModule {}
