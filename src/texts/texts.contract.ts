import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Min } from 'class-validator';
import { row } from '../http/contract.js';
import { formType } from '../http/form-fields.js';
import { type TextFormat, textFormatNames, textMediaTypes } from './text.formats.js';
import { correctionCharactersMax } from './text.js';
import { CorrectionView, TextView } from './text.view.js';

const tag = 'Texts';

export class TextQuery {
  @ApiPropertyOptional({
    enum: textFormatNames,
    description: 'For whoever cannot set Accept, such as a link in a browser.',
  })
  @IsOptional()
  @IsIn(textFormatNames)
  format?: TextFormat;
}

/** What a part of the text should have been. */
export class CorrectionRequest {
  @ApiProperty({
    description: 'The right text.',
    minLength: 1,
    maxLength: correctionCharactersMax,
    example: 'Darkroom',
  })
  @IsString()
  @Length(1, correctionCharactersMax)
  text: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Which page. Left out: all of the text.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  page?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Which line of that page. Left out: all of it.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  line?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Which word of that line. Left out: all of it.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  word?: number;
}

const fields = ['ETag', 'Accept-Ranges', 'Repr-Digest', 'Content-Disposition', 'Content-Location'] as const;

export const getText = row({
  id: 'getText',
  method: 'GET',
  path: '/texts/{id}',
  tag,
  summary: 'What was read from an image, in any of its forms',
  description:
    'By Accept, or by `format`: JSON or XML with every word, its place and how sure it is; plain text; hOCR (`text/html`); ' +
    'ALTO 4.4; TSV with the columns of Tesseract; a PDF of the pages in which the text can be found. All are of one recognition.',
  query: TextQuery,
  answers: {
    200: {
      description: 'The text. Places are pixels of the page as it lies upright.',
      headers: ['ETag'],
      mayCarry: fields,
      body: TextView,
      content: textMediaTypes,
    },
    206: {
      description: 'The ranges that were asked for.',
      headers: ['ETag'],
      mayCarry: fields,
      content: textMediaTypes,
    },
  },
  problems: ['range-not-satisfiable'],
  conditional: true,
});

export const createCorrection = row({
  id: 'createCorrection',
  method: 'POST',
  path: '/texts/{id}/corrections',
  tag,
  summary: 'Say what the text should have been',
  description:
    'It is kept for whoever runs the service, and nobody can read it here: it has no id and no URI. The text itself stays ' +
    'as it was read.',
  accepts: {
    'application/json': {
      description: 'The right text, of a word, a line, a page or all.',
      schema: CorrectionRequest,
      example: { page: 1, line: 4, word: 2, text: 'Darkroom' },
    },
    [formType]: { description: 'The same, of a form.', schema: CorrectionRequest },
  },
  answers: { 200: { description: 'It is kept.', body: CorrectionView } },
  problems: ['unknown-member', 'invalid-member'],
});
