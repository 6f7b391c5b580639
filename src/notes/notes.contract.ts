import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { row } from '../http/contract.js';
import { formType } from '../http/form-fields.js';
import { oneLine } from '../http/one-line.js';
import { authorCharactersMax, notesMax, textCharactersMax } from './note.js';
import { NotesView } from './note.view.js';

const tag = 'Images';

/** Every character that XML has (XML 1.0 2.2), so that no form of the list loses one. */
const writable = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

export class NoteRequest {
  @ApiProperty({
    description: `1 to ${textCharactersMax} characters, of one line or several.`,
    minLength: 1,
    maxLength: textCharactersMax,
    example: 'The horizon hangs to the left.',
  })
  @IsString()
  @Length(1, textCharactersMax)
  @Matches(/\S/, { message: 'text must not be white space alone' })
  @Matches(writable, { message: 'text must not have control characters but tabs and line ends' })
  text: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: authorCharactersMax, example: 'Ada' })
  @IsOptional()
  @IsString()
  @Length(1, authorCharactersMax)
  @Matches(oneLine, { message: 'author must not have control characters' })
  author?: string;
}

/**
 * How long a POST's answer does for GETs, s: as long as whoever has just written looks at the list. Notes that others append
 * meanwhile are not seen through that cache until then.
 */
export const freshSeconds = 60;

export const createNote = row({
  id: 'createNote',
  method: 'POST',
  path: '/images/{id}/notes',
  tag,
  summary: 'Append a note to those on an image',
  description:
    'The note becomes a part of the list, and has no URI of its own: 200, not 201. The answer is the list, which ' +
    '`Content-Location` says, with explicit freshness: a private cache may answer GETs with it (RFC 9110 9.3.3). It is ' +
    'the one POST here that a cache may keep. Where GET would have another form (a page, or XML that was not asked ' +
    'for by `Accept`), it is `no-store` too. ' +
    `An image has up to ${notesMax} notes. With \`If-Match\` a note is appended to the very list that was read.`,
  accepts: {
    'application/json': {
      description: 'The note.',
      schema: NoteRequest,
      example: { text: 'The horizon hangs to the left.', author: 'Ada' },
    },
    'application/xml': {
      description: 'The same: `<note><text>…</text><author>…</author></note>`.',
      schema: { type: 'string' },
      example: '<note><text>The horizon hangs to the left.</text><author>Ada</author></note>',
    },
    [formType]: { description: 'The same, of a form.', schema: NoteRequest },
    'text/plain': { description: 'The text alone.', schema: { type: 'string' } },
  },
  idempotencyKey: true,
  answers: {
    200: {
      description: 'All notes on the image, the new one last. Under a key that came before: as they are now.',
      headers: ['Content-Location', 'Cache-Control', 'ETag'],
      body: NotesView,
      freshSeconds,
    },
  },
  problems: ['too-many-notes', 'invalid-member', 'unknown-member'],
  conditional: true,
});

export const listNotes = row({
  id: 'listNotes',
  method: 'GET',
  path: '/images/{id}/notes',
  tag,
  summary: 'All notes on an image, oldest first',
  answers: { 200: { description: 'The whole list.', headers: ['ETag'], body: NotesView } },
  conditional: true,
});
