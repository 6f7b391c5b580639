import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ImagesModule } from '../images/images.module.js';
import { NotesController } from './notes.controller.js';
import { NotesRepository } from './notes.repository.js';
import { NotesService } from './notes.service.js';

/** In the API alone: workers have nothing to do with notes. */
@Module({
  imports: [ImagesModule, IdempotencyModule],
  providers: [NotesRepository, NotesService],
  controllers: [NotesController],
})
export class NotesApiModule {}
