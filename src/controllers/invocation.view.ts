import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Invocation } from './invocation.js';
import { invocationPage } from './invocation.page.js';

export class InvocationView {
  static readonly element = 'invocation';
  static readonly toHtml = invocationPage;

  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: 'integer', enum: [200, 202], description: 'What its caller was told.' }) status: number;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({ format: 'date-time' }) created: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uri' },
    description: 'self, and the controller resource.',
  })
  links: Record<string, string>;
}

export function invocationView(
  { id, controller, status, reason, createdAt }: Invocation,
  origin: string,
): InvocationView {
  return {
    id,
    status,
    ...(reason === null ? {} : { reason }),
    created: createdAt.toISOString(),
    links: { self: `${origin}${controller}/${id}`, controller: origin + controller },
  };
}
