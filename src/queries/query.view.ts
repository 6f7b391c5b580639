import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { imageView, ImageView } from '../images/image.view.js';
import { type Found } from './queries.service.js';
import { textsPerImageMax } from './query.js';

/** An image, as it is everywhere, what it looks like, and where the words stand that were asked for. */
export class FoundImageView extends ImageView {
  @ApiPropertyOptional({
    description:
      'Where words were asked for: URIs of the texts that were read from this image and have them, newest first; ' +
      `the latest ${textsPerImageMax} of them.`,
    type: [String],
    maxItems: textsPerImageMax,
    example: ['http://localhost:3000/texts/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11'],
  })
  texts?: string[];
  @ApiPropertyOptional({
    description:
      'What it looks like: 64 bits, hexadecimal (DCT hash, Zauner 2010). Images that look alike differ in few bits. ' +
      'Absent for HEIC, for an image of one colour, for pixels that cannot be decoded, and as long as no worker has looked.',
    pattern: '^[0-9a-f]{16}$',
    example: 'c3b1a98e6f0d5c72',
  })
  hash?: string;
}

export class FoundImagesView {
  static readonly element = 'images';

  @ApiProperty({ type: [FoundImageView] }) items: FoundImageView[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;
}

export function foundImageView({ image, texts }: Found, origin: string): FoundImageView {
  const uris = texts.map((id) => `${origin}/texts/${id}`);
  const { hash } = image;
  return { ...imageView(image, origin), ...(hash !== null && { hash }), ...(uris.length > 0 && { texts: uris }) };
}

export function queryUri(id: string, origin: string): string {
  return `${origin}/images/queries/${id}`;
}
