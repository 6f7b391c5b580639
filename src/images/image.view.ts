import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Content } from '../http/content.js';
import { formatOfMediaType } from '../processing/formats.js';
import { type Findings } from '../processing/pixel-work.js';
import { type Image } from './image.js';
import { imageListPage, imagePage } from './image.page.js';

const example = '019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11';

/** What clients see of an image. */
export class ImageView {
  static readonly element = 'image';
  static readonly toHtml = imagePage;

  @ApiProperty({ format: 'uuid', example }) id: string;
  @ApiPropertyOptional({ description: 'Unique among the images.', example: 'holiday.jpg' }) name?: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { album: 'summer' } })
  labels: Record<string, string>;
  @ApiProperty({ description: 'Told from the bytes.', example: 'image/jpeg' }) mediaType: string;
  @ApiProperty({ type: 'integer', example: 4032 }) width: number;
  @ApiProperty({ type: 'integer', example: 3024 }) height: number;
  @ApiProperty({ description: 'Pages of a document, frames of an animation.', type: 'integer', example: 1 })
  pages: number;
  @ApiProperty({ description: 'Size of the content.', type: 'integer', example: 3_145_728 }) bytes: number;
  @ApiProperty({
    description: 'SHA-256 of the content, hexadecimal.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  digest: string;
  @ApiProperty({ format: 'date-time' }) created: string;
  @ApiProperty({ format: 'date-time' }) modified: string;
  @ApiPropertyOptional({
    description: 'Of an outcome: what its operations have found out, such as the angle by which a scan was askew.',
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    example: { deskew: { angle: 3.2 } },
  })
  findings?: Findings;
  @ApiPropertyOptional({ format: 'date-time', description: 'When the image goes by itself.' }) expires?: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    example: {
      self: `http://localhost:3000/images/${example}`,
      content: `http://localhost:3000/images/${example}/content`,
      notes: `http://localhost:3000/images/${example}/notes`,
    },
  })
  links: Record<string, string>;
}

export class ImageListView {
  static readonly element = 'images';
  static readonly toHtml = imageListPage;

  @ApiProperty({ type: [ImageView] }) items: ImageView[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;
}

export function imageView(image: Image, origin: string): ImageView {
  const self = imageUri(image.id, origin);
  return {
    id: image.id,
    ...(image.name === null ? {} : { name: image.name }),
    labels: image.labels,
    mediaType: image.mediaType,
    width: image.width,
    height: image.height,
    pages: image.pages,
    bytes: image.bytes,
    digest: image.digest,
    created: image.createdAt.toISOString(),
    modified: image.updatedAt.toISOString(),
    ...(image.findings === null ? {} : { findings: image.findings }),
    ...(image.expiresAt === null ? {} : { expires: image.expiresAt.toISOString() }),
    links: {
      self,
      content: `${self}/content`,
      notes: `${self}/notes`,
      ...(image.taskId === null ? {} : { task: `${origin}/images/tasks/${image.taskId}` }),
    },
  };
}

export function imageUri(id: string, origin: string): string {
  return `${origin}/images/${id}`;
}

/** The image's bytes, to be answered under a URI of their own or, by Accept, under the image's. */
export function imageContent(image: Image, origin: string, open: Content['open']): Content {
  const extension = formatOfMediaType(image.mediaType)?.extension ?? 'bin';
  return {
    mediaType: image.mediaType,
    size: image.bytes,
    digest: image.digest,
    lastModified: image.updatedAt,
    filename: image.name ?? `${image.id}.${extension}`,
    location: `${imageUri(image.id, origin)}/content`,
    open,
  };
}
