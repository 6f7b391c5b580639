import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ImagesService } from '../images/images.service.js';
import { type NewNote, type Note, notesMax } from './note.js';
import { NotesRepository } from './notes.repository.js';

@Injectable()
export class NotesService {
  constructor(
    private readonly notes: NotesRepository,
    private readonly images: ImagesService,
  ) {}

  /** null where there is no such image. */
  async list(owner: string, imageId: string): Promise<Note[] | null> {
    // The notes go with their image: those that were read after it was found are its own, or none.
    return (await this.images.find(owner, imageId)) && this.notes.list(owner, imageId);
  }

  /**
   * Appends a note to the list of an image.
   * @param check refuses by throwing: it is told the list as it is before
   */
  append(
    note: NewNote & Pick<Note, 'owner' | 'imageId'>,
    check: (notes: Note[]) => void,
    tx?: EntityManager,
  ): Promise<'appended' | 'full' | 'no-image'> {
    const work = async (inner: EntityManager) => {
      // The image's row is what numbers them: one is appended at a time.
      if (!(await this.images.hold(inner, note.owner, note.imageId))) return 'no-image';
      const notes = await this.notes.list(note.owner, note.imageId, inner);
      check(notes);
      if (notes.length >= notesMax) return 'full';
      await this.notes.insert(inner, { ...note, number: notes.length + 1, createdAt: new Date() });
      return 'appended';
    };
    return tx === undefined ? this.notes.transaction(work) : work(tx);
  }
}
