import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { row } from '../http/contract.js';
import { oneLine } from '../http/one-line.js';
import { PageQuery } from '../http/pagination.js';
import { IsTime } from '../http/time.js';
import { IsLabels, IsLabelsPatch } from './labels.validator.js';
import { ReservationView } from '../reservations/reservation.view.js';
import { nameCharactersMax } from './image.js';
import { ImageListView, ImageView } from './image.view.js';

const tag = 'Images';
const bytes = ['image/*', 'application/pdf'];
const nameRule = {
  description: `Unique among the images. 1 to ${nameCharactersMax} characters, no control characters.`,
  minLength: 1,
  maxLength: nameCharactersMax,
  example: 'holiday.jpg',
};

export class CreateImageQuery {
  @ApiPropertyOptional(nameRule)
  @IsOptional()
  @IsString()
  @Length(1, nameCharactersMax)
  @Matches(oneLine, { message: 'name must not have control characters' })
  name?: string;
}

/** The structured part beside the bytes, in multipart/related. */
export class ImageDescription extends CreateImageQuery {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Up to 50, yours to choose.',
  })
  @IsOptional()
  @IsLabels()
  labels?: Record<string, string>;
}

export class ListImagesQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'image/webp' }) @IsOptional() @IsString() mediaType?: string;
  @ApiPropertyOptional({ description: 'The image of exactly this name.' }) @IsOptional() @IsString() name?: string;
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsTime()
  createdAfter?: Date;
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOptional()
  @IsTime()
  createdBefore?: Date;
}

/** A merge patch (RFC 7396): null takes a member away. */
export class ImagePatch {
  @ApiPropertyOptional({ ...nameRule, type: String, nullable: true })
  @ValidateIf((patch: ImagePatch) => patch.name !== undefined && patch.name !== null)
  @IsString()
  @Length(1, nameCharactersMax)
  @Matches(oneLine, { message: 'name must not have control characters' })
  name?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    nullable: true,
    additionalProperties: { type: 'string', nullable: true },
    description: 'null takes a label away, or all of them.',
    example: { album: 'summer', draft: null },
  })
  @IsOptional()
  @IsLabelsPatch()
  labels?: Record<string, string | null> | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When the image goes by itself.',
  })
  @ValidateIf((patch: ImagePatch) => patch.expires !== undefined && patch.expires !== null)
  @IsTime()
  expires?: Date | null;
}

/** Any body that may hold an image. */
export const imageBodies = {
  'image/*': {
    description: 'The bytes themselves; `name` may be a query parameter. What they are is told from them alone.',
  },
  'application/pdf': { description: 'The same, where FORMATS_EXTRA switches PDF on.' },
  'multipart/form-data': {
    description: 'A form with a file `image` and, if you like, a `name`.',
    schema: {
      type: 'object',
      required: ['image'],
      properties: { image: { type: 'string', format: 'binary' }, name: { type: 'string' } },
    },
  },
  'multipart/related': {
    description: 'RFC 2387: the root part is an ImageDescription in JSON, the other part the image.',
    schema: { type: 'string', format: 'binary' },
  },
};

export const createImage = row({
  id: 'createImage',
  method: 'POST',
  path: '/images',
  tag,
  summary: 'Store an image',
  description:
    'The bytes are streamed, hashed as they come and stored once per digest. Their type is told from the bytes. ' +
    'Without a name, bytes that are stored already lead to the image that has them (RFC 9110 9.3.3).',
  query: CreateImageQuery,
  accepts: imageBodies,
  acceptsNothing: true,
  idempotencyKey: true,
  prefers: ['return'],
  answers: {
    201: {
      description: 'Stored. Without content: a URI was minted for an image to be PUT to, once.',
      headers: ['Location', 'ETag'],
      mayCarry: ['Content-Location'],
      body: ImageView,
      or: ReservationView,
    },
    303: {
      description: 'These bytes are stored already: Location leads to the image that has them.',
      headers: ['Location'],
      body: ImageView,
    },
  },
  problems: [
    'name-taken',
    'unreadable-image',
    'image-too-large',
    'invalid-member',
    'unknown-member',
    'digest-mismatch',
    'storage-full',
    'quota-exceeded',
    'too-many-reservations',
  ],
});

export const listImages = row({
  id: 'listImages',
  method: 'GET',
  path: '/images',
  tag,
  summary: 'List images, newest first',
  query: ListImagesQuery,
  answers: { 200: { description: 'A page; `next` and `prev` lead on.', headers: ['Link'], body: ImageListView } },
  conditional: true,
});

export const getImage = row({
  id: 'getImage',
  method: 'GET',
  path: '/images/{id}',
  tag,
  summary: 'An image: what is known of it, or its bytes',
  description: 'By Accept: JSON, XML, or for `image/*` the bytes themselves, with Content-Location naming the content.',
  answers: {
    200: { description: 'The image.', headers: ['ETag'], body: ImageView, content: bytes },
    206: { description: 'The ranges of the bytes that were asked for.', headers: ['ETag'], content: bytes },
  },
  problems: ['range-not-satisfiable', 'empty-slot'],
  conditional: true,
});

export const getImageContent = row({
  id: 'getImageContent',
  method: 'GET',
  path: '/images/{id}/content',
  tag,
  summary: 'The bytes of an image',
  answers: {
    200: {
      description: 'The bytes as they were stored.',
      headers: ['ETag', 'Accept-Ranges', 'Repr-Digest', 'Content-Disposition'],
      content: bytes,
    },
    206: {
      description: 'One range, or several as multipart/byteranges.',
      headers: ['ETag', 'Accept-Ranges', 'Repr-Digest', 'Content-Disposition'],
      content: [...bytes, 'multipart/byteranges'],
    },
  },
  problems: ['range-not-satisfiable'],
  conditional: true,
});

export const putImage = row({
  id: 'putImage',
  method: 'PUT',
  path: '/images/{id}',
  tag,
  summary: 'Fill a minted URI, once, or replace an image',
  description:
    'The first PUT takes effect; the same again has none. Other bytes replace the image only with a matching If-Match. ' +
    'With `If-None-Match: *` a repetition gets 412, whose Repr-Digest tells whose bytes are there.',
  query: CreateImageQuery,
  accepts: imageBodies,
  prefers: ['return'],
  answers: {
    201: { description: 'Filled.', headers: ['Location'], body: ImageView },
    200: { description: 'The same as before, or replaced.', body: ImageView },
  },
  problems: [
    'name-taken',
    'unreadable-image',
    'image-too-large',
    'invalid-member',
    'unknown-member',
    'digest-mismatch',
    'storage-full',
    'quota-exceeded',
    'precondition-required',
  ],
  conditional: true,
});

export const patchImage = row({
  id: 'patchImage',
  method: 'PATCH',
  path: '/images/{id}',
  tag,
  summary: 'Change the name, the labels or the expiry of an image',
  accepts: { 'application/merge-patch+json': { description: 'RFC 7396.', schema: ImagePatch } },
  prefers: ['return'],
  answers: { 200: { description: 'As it is now.', headers: ['ETag'], body: ImageView } },
  problems: ['name-taken', 'invalid-member', 'unknown-member'],
  conditional: true,
});

export const deleteImage = row({
  id: 'deleteImage',
  method: 'DELETE',
  path: '/images/{id}',
  tag,
  summary: 'Delete an image, or give a minted URI back',
  description: 'Tasks that were accepted with it still end as they would have.',
  answers: { 204: { description: 'Gone.' } },
  conditional: true,
});
