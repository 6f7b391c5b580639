import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { QueriesController } from './queries.controller.js';
import { QueriesRepository } from './queries.repository.js';
import { QueriesService } from './queries.service.js';

/** What both processes know of queries. */
@Module({ providers: [QueriesRepository, QueriesService], exports: [QueriesService] })
export class QueriesModule {}

/** The routes: in the API alone. */
@Module({ imports: [QueriesModule, ImagesModule], controllers: [QueriesController] })
export class QueriesApiModule {}
