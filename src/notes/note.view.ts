import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { imageUri } from '../images/image.view.js';
import { type Note } from './note.js';
import { notesPage } from './note.page.js';

const example = 'http://localhost:3000/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11';

export class NoteView {
  @ApiProperty({ description: 'Its place in the list.', type: 'integer', example: 1 }) number: number;
  @ApiProperty({ example: 'The horizon hangs to the left.' }) text: string;
  @ApiPropertyOptional({ example: 'Ada' }) author?: string;
  @ApiProperty({ format: 'date-time' }) created: string;
}

/** All notes on an image, oldest first. */
export class NotesView {
  static readonly element = 'notes';
  static readonly toHtml = notesPage;

  @ApiProperty({ type: [NoteView] }) items: NoteView[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    example: { self: `${example}/notes`, image: example },
  })
  links: Record<string, string>;
}

export function notesView(notes: readonly Note[], imageId: string, origin: string): NotesView {
  const items = notes.map(({ number, text, author, createdAt }) => ({
    ...{ number, text },
    ...(author === null ? {} : { author }),
    created: createdAt.toISOString(),
  }));
  return { items, links: { self: notesUri(imageId, origin), image: imageUri(imageId, origin) } };
}

export function notesUri(imageId: string, origin: string): string {
  return `${imageUri(imageId, origin)}/notes`;
}
