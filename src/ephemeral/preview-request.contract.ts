import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, IsOptional, IsString } from 'class-validator';
import { type FieldNames } from '../http/compound-body.js';
import { taskFields } from '../tasks/task.form.js';

/** The document of a preview: that of a task, without what speaks of a task. Each operation is checked by its own schema. */
export class PreviewRequest {
  @Allow()
  @Transform(({ obj }: { obj: { operations?: unknown } }) => obj.operations)
  operations: unknown;
}

/** Beside bytes that are sent raw. */
export class PreviewQuery {
  @ApiPropertyOptional({
    description: 'With a raw image: the list of operations in JSON, done in this order. Or flat fields.',
    example: '[{"operation":"resize","width":400},{"operation":"convert","format":"webp"}]',
  })
  @IsOptional()
  @IsString()
  operations?: string;
}

/** The same flat fields as those of a form: ?resize.width=400&convert.format=webp. */
export const previewFields: FieldNames = {
  has: (field) => field !== 'image' && taskFields.has(field),
  words: 'for each operation, `{operation}=on` or `{operation}.{parameter}`, in the order in which they are done',
};

export const previewBodies = {
  'image/*': {
    description: 'The bytes themselves; the operations are in the query: `?resize.width=400&convert.format=webp`.',
  },
  'application/pdf': { description: 'The same, where FORMATS_EXTRA switches PDF on.' },
  'multipart/form-data': {
    description: 'A form with a file `image`, and a field `task` (JSON or XML) or flat fields, as for a task.',
    schema: {
      type: 'object',
      required: ['image'],
      properties: {
        task: { type: 'string', example: '{"operations":[{"operation":"resize","width":400}]}' },
        image: { type: 'string', format: 'binary' },
      },
      additionalProperties: { type: 'string' },
    },
  },
  'multipart/related': {
    description: 'RFC 2387: a root part in JSON or XML with the operations, and the image.',
    schema: { type: 'string', format: 'binary' },
  },
};
