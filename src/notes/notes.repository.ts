import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Note } from './note.js';
import { NoteEntity } from './note.entity.js';

/** All SQL on notes. */
@Injectable()
export class NotesRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** Oldest first: what is appended stands at the end. */
  list(owner: string, imageId: string, tx: EntityManager = this.source.manager): Promise<Note[]> {
    return tx.getRepository(NoteEntity).find({ where: { owner, imageId }, order: { number: 'ASC' } });
  }

  async insert(tx: EntityManager, note: Note): Promise<void> {
    await tx.getRepository(NoteEntity).insert(note);
  }
}
