import { Transform, Type } from 'class-transformer';
import {
  Allow,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { isSecret } from '../alerts/alert.js';
import { formType } from '../http/form-fields.js';
import { operationsSchema } from '../processing/operations.js';

const example = {
  image: '/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11',
  operations: [
    { operation: 'resize', width: 400 },
    { operation: 'convert', format: 'webp' },
  ],
};
const xmlExample =
  '<task><image href="/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11"/><operations><resize width="400"/><convert format="webp"/></operations></task>';

/** Seconds: what 32 bits hold, 68 years. Whatever is asked for, the service keeps nothing longer than it says. */
const ttlMax = 2 ** 31 - 1;

/** Who is to be told when the task has ended. Where it may lead is checked by task.intake.ts. */
export class CallbackRequest {
  @IsString() url: string;

  @IsOptional()
  @ValidateBy({
    name: 'isSecret',
    validator: {
      validate: (value) => typeof value === 'string' && isSecret(value),
      defaultMessage: () => 'secret must be whsec_ and the base64 of 24 to 64 bytes',
    },
  })
  secret?: string | null;

  @IsOptional()
  @IsIn(['json', 'xml'])
  format?: 'json' | 'xml' | null;
}

/** What is asked for. Each operation is checked by its own schema: processing/operations. */
export class TaskRequest {
  @IsOptional()
  @IsString()
  image?: string | null;

  @Allow()
  @Transform(({ obj }: { obj: { operations?: unknown } }) => obj.operations)
  operations: unknown;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CallbackRequest)
  callback?: CallbackRequest | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(ttlMax)
  taskTtl?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(ttlMax)
  resultTtl?: number;
}

export const taskSchema = {
  type: 'object',
  required: ['operations'],
  additionalProperties: false,
  properties: {
    image: {
      type: 'string',
      description: 'URI or id of a stored image. Left out where the image comes in a part of its own.',
    },
    operations: { ...operationsSchema(), description: 'Done in this order.' },
    callback: {
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      description: 'Is POSTed to when the task has ended (Standard Webhooks), and answers 204. See Alerts.',
      properties: {
        url: { type: 'string', format: 'uri', description: 'http or https, without a user name or password.' },
        secret: { type: 'string', description: 'Signs what is sent: whsec_ and the base64 of 24 to 64 bytes.' },
        format: { type: 'string', enum: ['json', 'xml'], default: 'json' },
      },
    },
    taskTtl: {
      type: 'integer',
      minimum: 1,
      maximum: ttlMax,
      description: 'Seconds that the task is kept after its end; at most as the service has it.',
    },
    resultTtl: { type: 'integer', minimum: 1, maximum: ttlMax, description: 'The same for its outcome.' },
  },
};

const flatFields =
  'flat fields: `{operation}.{parameter}` such as `resize.width=400`, `{operation}=on` for an operation without parameters. ' +
  'Done in the order of their first fields; an empty field counts as left out.';

/** Any body that may hold a task. */
export const taskBodies = {
  'application/json': { description: 'Naming a stored image.', schema: taskSchema, example },
  'application/xml': {
    description: 'The same in XML: an element for each operation.',
    schema: { type: 'string' },
    example: xmlExample,
  },
  'text/xml': { description: 'The same as application/xml.', schema: { type: 'string' }, example: xmlExample },
  'multipart/form-data': {
    description: `A form with a file \`image\`, and either a field \`task\` (JSON or XML) or ${flatFields}`,
    schema: {
      type: 'object',
      required: ['image'],
      properties: {
        task: { type: 'string', example: JSON.stringify({ operations: example.operations }) },
        image: { type: 'string', format: 'binary' },
      },
      additionalProperties: { type: 'string' },
    },
  },
  [formType]: {
    description: `A form without a file: \`image\` names a stored image, and ${flatFields}`,
    schema: {
      type: 'object',
      required: ['image'],
      properties: { image: { type: 'string', description: 'URI or id of a stored image.' } },
      additionalProperties: { type: 'string' },
    },
    example: { image: example.image, 'resize.width': '400', deskew: 'on', 'convert.format': 'webp' },
  },
  'multipart/related': {
    description:
      'RFC 2387: a root part in JSON or XML, and the image. Order and boundary are free, `start` is honoured.',
    schema: { type: 'string', format: 'binary' },
  },
};
