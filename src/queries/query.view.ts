import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { imageView, ImageView } from '../images/image.view.js';
import { type Found } from './queries.service.js';
import { textsPerImageMax } from './query.js';

/** An image, as it is everywhere, and where the words stand that were asked for. */
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
  return { ...imageView(image, origin), ...(uris.length > 0 && { texts: uris }) };
}

export function queryUri(id: string, origin: string): string {
  return `${origin}/images/queries/${id}`;
}
