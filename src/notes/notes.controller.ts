import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { type NewNote, type Note, notesMax } from './note.js';
import { takeNote } from './note.intake.js';
import * as contract from './notes.contract.js';
import { NotesService } from './notes.service.js';
import { notesUri, notesView, NotesView } from './note.view.js';

@Controller()
export class NotesController {
  constructor(
    private readonly notes: NotesService,
    private readonly once: Once,
  ) {}

  @Operation(contract.createNote)
  async create(call: Call<typeof contract.createNote>): Promise<Answer<typeof contract.createNote>> {
    const note = await takeNote(call);
    // The same note on another condition is another request.
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = call.request.headers;
    // Only that it was done is kept under the key: an old list must not be taken for the present one by a cache.
    await this.once.run(call, { ...note, ifMatch, ifNoneMatch }, (tx) => this.append(call, note, tx));
    const id = call.param('id');
    const headers = { 'Content-Location': notesUri(id, call.origin) };
    return { status: 200, headers, body: await this.view(call.owner, id, call.origin) };
  }

  @Operation(contract.listNotes)
  async list(call: Call<typeof contract.listNotes>): Promise<Answer<typeof contract.listNotes>> {
    return { status: 200, body: await this.view(call.owner, call.param('id'), call.origin) };
  }

  private async append(call: Call<typeof contract.createNote>, note: NewNote, tx?: EntityManager) {
    const { owner, origin } = call;
    const imageId = call.param('id');
    const check = (notes: Note[]): void => call.requirePreconditions(NotesView, notesView(notes, imageId, origin));
    const appending = await this.notes.append({ ...note, owner, imageId }, check, tx);
    switch (appending) {
      case 'appended':
        return { status: 200 };
      case 'full':
        throw new Problem('too-many-notes', { detail: `The image has ${notesMax} notes already.` });
      case 'no-image':
        throw new Problem('not-found');
      default:
        return appending satisfies never;
    }
  }

  private async view(owner: string, id: string, origin: string): Promise<NotesView> {
    const notes = await this.notes.list(owner, id);
    if (notes === null) throw new Problem('not-found');
    return notesView(notes, id, origin);
  }
}
