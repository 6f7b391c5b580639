import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../http/pagination.js';
import { IsTime } from '../http/time.js';
import { distanceDefault, distanceMax } from './hamming.js';
import { foundPageMax, labelsMax, listMax, mediaTypesMax, patternCharactersMax, wordsCharactersMax } from './query.js';
import { IsCursor, IsLabelPatterns, IsListOf, IsPattern } from './query.validators.js';

const patternRule =
  '`*` is any text, `?` one character; a backslash stands before a `*`, `?` or backslash that is meant. Case counts.';
const sha256 = /^[0-9a-f]{64}$/i;
const mediaType = /^[a-z]+\/[a-z0-9.+-]{1,60}$/i;

/** Of a URI that names an image: a host's name has 253 at most, the path some fifty. */
const referenceCharactersMax = 2_000;

/** Both ends belong to it. */
export class RangeRequest {
  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  min?: number | null;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  max?: number | null;
}

/** Neither end belongs to it. */
export class TimeRangeRequest {
  @ApiPropertyOptional({ type: String, format: 'date-time' }) @IsOptional() @IsTime() after?: Date | null;
  @ApiPropertyOptional({ type: String, format: 'date-time' }) @IsOptional() @IsTime() before?: Date | null;
}

/** What images are to look like: one that is stored, or a hash. */
export class SimilarToRequest {
  @ApiPropertyOptional({ description: 'URI or id of a stored image. Its hash of now is what is asked for.' })
  @ValidateIf(
    ({ hash, image }: SimilarToRequest) => (hash ?? undefined) === undefined || (image ?? undefined) !== undefined,
  )
  @IsString({ message: 'image must be the URI of an image, unless a hash is given' })
  image?: string | null;

  @ApiPropertyOptional({ description: 'As an image has it: 16 hexadecimal digits.', pattern: '^[0-9a-fA-F]{16}$' })
  @IsOptional()
  @Matches(/^[0-9a-f]{16}$/i, { message: 'hash must be 16 hexadecimal digits' })
  hash?: string | null;

  @ApiPropertyOptional({
    description: 'Bits of the 64 in which hashes may differ.',
    type: 'integer',
    minimum: 0,
    maximum: distanceMax,
    default: distanceDefault,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(distanceMax)
  distance?: number | null;
}

/** A member that is an object of its own; it may be left out. */
function Part(type: new () => object, description?: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type, ...(description !== undefined && { description }) }),
    IsOptional(),
    IsObject(),
    ValidateNested(),
    Type(() => type),
  );
}

/** What images are asked for: those of which all that is said here is true. */
export class ImageQueryRequest {
  @ApiPropertyOptional({ type: [String], maxItems: listMax, description: 'Ids or URIs of images.' })
  @IsOptional()
  @IsListOf('ids or URIs of images', listMax, (item) => item.length <= referenceCharactersMax)
  ids?: string[] | null;

  @ApiPropertyOptional({ type: [String], maxItems: listMax, description: 'SHA-256 of the bytes, hexadecimal.' })
  @IsOptional()
  @IsListOf('SHA-256 digests in hexadecimal', listMax, (item) => sha256.test(item))
  digests?: string[] | null;

  @ApiPropertyOptional({ description: patternRule, maxLength: patternCharactersMax, example: 'IMG_*.jp?g' })
  @IsOptional()
  @IsPattern()
  name?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: patternCharactersMax },
    maxProperties: labelsMax,
    description: `By the names of labels, patterns of their values. ${patternRule}`,
    example: { album: 'summer*' },
  })
  @IsOptional()
  @IsLabelPatterns()
  labels?: Record<string, string> | null;

  @ApiPropertyOptional({ type: [String], maxItems: mediaTypesMax, example: ['image/png', 'image/webp'] })
  @IsOptional()
  @IsListOf('media types', mediaTypesMax, (item) => mediaType.test(item))
  mediaTypes?: string[] | null;

  @Part(RangeRequest, 'Size of the content.')
  bytes?: RangeRequest | null;

  @Part(RangeRequest, 'Pixels.')
  width?: RangeRequest | null;

  @Part(RangeRequest, 'Pixels.')
  height?: RangeRequest | null;

  @Part(TimeRangeRequest)
  created?: TimeRangeRequest | null;

  @Part(TimeRangeRequest)
  modified?: TimeRangeRequest | null;

  @Part(SimilarToRequest)
  similarTo?: SimilarToRequest | null;

  @ApiPropertyOptional({
    description:
      'Words that were read from the image (ocr): `"a phrase"`, `either or other`, `-without`. As written: no endings are taken off.',
    maxLength: wordsCharactersMax,
    example: 'invoice "darkroom ltd" -draft',
  })
  @IsOptional()
  @IsString()
  @Length(1, wordsCharactersMax)
  text?: string | null;

  @ApiPropertyOptional({
    description: 'Images a page.',
    type: 'integer',
    minimum: 1,
    maximum: foundPageMax,
    default: 20,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(foundPageMax)
  limit?: number | null;

  @ApiPropertyOptional({
    description: 'Where the page begins, as a `next` or `prev` link has it. It is not part of the query.',
  })
  @IsOptional()
  @IsCursor()
  cursor?: string | null;
}

/** The page of a stored query, which may be larger than those of other lists. */
export class FoundPageQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Images a page.', maximum: foundPageMax, type: 'integer' })
  // class-validator: where a member has rules of its own, those that it would inherit do not hold.
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(foundPageMax)
  declare limit?: number;
}
