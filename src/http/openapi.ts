import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problems } from '../problem-types.js';
import { type FieldNames } from './compound-body.js';
import {
  type AnswerSpec,
  type BodySpec,
  type CallbackSpec,
  type Dto,
  problemsOf,
  type Row,
  scopeOf,
} from './contract.js';
import { headerFields, type HeaderName } from './header-fields.js';
import { isSafeMethod } from './methods.js';
import { mediaTypes } from './negotiation.js';
import { fieldsOf, headerParameters } from './openapi-fields.js';
import { ProblemDocument } from './problem-document.js';
import { contractRows } from './rows.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

export interface About {
  title: string;
  version: string;
  description: string;
  tags: Record<string, string>;
}

const [bearer, basic] = ['bearer', 'basic'];
const aboutKeys =
  'A key (`npm run keys -- create`), or a token of the issuer that the service trusts. While no key was ever made and there ' +
  'is no issuer, nobody is asked for one, and the service answers this machine alone.';
const aboutPasswords =
  'The same for browsers: any user name, and the key as the password. Pages of other sites cannot use it.';

/**
 * The OpenAPI 3.2 document: the first that has a place for QUERY. @nestjs/swagger makes the schemas out of the DTO and view classes; the paths come from the
 * contract rows alone, so that what is documented is what is sent (test/conformance.test.ts).
 */
export function openApiDocument(app: INestApplication, about: About): OpenAPIObject {
  const rows = contractRows();
  const builder = new DocumentBuilder()
    .setTitle(about.title)
    .setVersion(about.version)
    .setDescription(about.description)
    .addSecurity(bearer, { type: 'http', scheme: 'bearer', description: aboutKeys })
    .addSecurity(basic, { type: 'http', scheme: 'basic', description: aboutPasswords });
  for (const [tag, description] of Object.entries(about.tags)) builder.addTag(tag, description);
  const document = SwaggerModule.createDocument(app, builder.setOpenAPIVersion('3.2.0').build(), {
    extraModels: [ProblemDocument, ...new Set(rows.flatMap(classesOf))],
  });
  const schemas: Schemas = document.components?.schemas ?? {};
  document.paths = {};
  for (const operation of rows) {
    for (const path of [operation.path, ...(operation.aliases ?? [])]) {
      const spelling = operation.aliases?.indexOf(path) ?? -1;
      document.paths[path] = {
        ...document.paths[path],
        [operation.method.toLowerCase()]: operationObject(operation, schemas, spelling),
      };
    }
  }
  for (const { query } of rows) if (query) delete schemas[query.name];
  return document;
}

function classesOf({ query, accepts, answers, callback }: Row): Dto[] {
  return [
    ...(callback ? [callback.body] : []),
    ...(query ? [query] : []),
    ...Object.values(accepts ?? {}).flatMap(({ schema }) => (isClass(schema) ? [schema] : [])),
    ...Object.values(answers).flatMap(({ body, or }) => [body, or].filter((view) => view !== undefined)),
  ];
}

function operationObject(operation: Row, schemas: Schemas, spelling: number): Operation {
  const scope = scopeOf(operation);
  return {
    operationId: spelling < 0 ? operation.id : `${operation.id}Alias${spelling + 1}`,
    tags: [operation.tag],
    summary: operation.summary,
    // OpenAPI 3.1 on: of a scheme other than OAuth these are roles that are required.
    security: scope === undefined ? [] : [{ [bearer]: [scope] }, { [basic]: [scope] }],
    ...(operation.description === undefined ? {} : { description: operation.description }),
    parameters: [...pathParameters(operation), ...queryParameters(operation, schemas), ...headerParameters(operation)],
    ...(operation.accepts === undefined
      ? {}
      : { requestBody: requestBody(operation.accepts, operation.acceptsNothing !== true) }),
    responses: responsesOf(operation),
    ...(operation.callback === undefined ? {} : { callbacks: callbackObject(operation.callback) }),
  };
}

function callbackObject({ name, url, summary, body, answers }: CallbackSpec): NonNullable<Operation['callbacks']> {
  const responses: Operation['responses'] = {};
  for (const [status, description] of Object.entries(answers)) responses[status] = { description };
  const content = {
    [mediaTypes.json]: { schema: { $ref: getSchemaPath(body) } },
    [mediaTypes.xml]: { schema: { type: 'string', description: `The same as <${body.element}>.` } },
  };
  const post = { summary, requestBody: { required: true, content }, responses };
  return { [name]: { [url]: { post } } };
}

function responsesOf(operation: Row): Operation['responses'] {
  const responses: Operation['responses'] = {};
  for (const [status, answer] of Object.entries(operation.answers)) {
    responses[status] = answerObject(operation, Number(status), answer);
  }
  if (operation.conditional && isSafeMethod(operation.method)) {
    responses['304'] = { description: 'The representation that the request names is still the present one.' };
  }
  return { ...responses, ...Object.fromEntries(problemObjects(operation)) };
}

function pathParameters(operation: Row): Parameter[] {
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(name === 'id' || name === 'invocation' ? { format: 'uuid' } : {}) },
  }));
}

function queryParameters({ query, queryFields }: Row, schemas: Schemas): Parameter[] {
  const schema = query && schemas[query.name];
  const fields = queryFields === undefined ? [] : [fieldsParameter(queryFields)];
  if (schema === undefined || '$ref' in schema) return fields;
  const named: Parameter[] = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description = '', ...rest } = { description: undefined, ...property };
    return { name, in: 'query', required: schema.required?.includes(name) ?? false, description, schema: rest };
  });
  return [...named, ...fields];
}

/** OpenAPI 3.2 4.12.9: the members of an exploded object are parameters of their own. */
function fieldsParameter({ words }: FieldNames): Parameter {
  return {
    ...{ name: 'fields', in: 'query', required: false, style: 'form', explode: true },
    description: `Flat fields: ${words}.`,
    schema: { type: 'object', additionalProperties: { type: 'string' } },
  };
}

function requestBody(
  accepts: Readonly<Record<string, BodySpec>>,
  required: boolean,
): NonNullable<Operation['requestBody']> {
  const description = Object.entries(accepts).map(([mediaType, spec]) => `- \`${mediaType}\`: ${spec.description}`);
  const content: Record<string, object> = {};
  for (const [mediaType, { schema, example }] of Object.entries(accepts)) {
    content[mediaType] = {
      schema: isClass(schema) ? { $ref: getSchemaPath(schema) } : (schema ?? { type: 'string', format: 'binary' }),
      ...(example === undefined ? {} : { example }),
    };
  }
  return { description: description.join('\n'), required, content };
}

function answerObject(operation: Row, status: number, answer: AnswerSpec): Operation['responses'][string] {
  const content: Record<string, object> = {};
  if (answer.body) {
    const schema = { $ref: getSchemaPath(answer.body) };
    content[mediaTypes.json] = { schema: answer.or ? { oneOf: [schema, { $ref: getSchemaPath(answer.or) }] } : schema };
    content[mediaTypes.xml] = { schema: { type: 'string', description: `The same as <${answer.body.element}>.` } };
    if (answer.body.toHtml) content[mediaTypes.html] = { schema: { type: 'string' } };
  }
  if (answer.events) content[mediaTypes.events] = { schema: { type: 'string' } };
  for (const mediaType of answer.content ?? []) content[mediaType] = { schema: { type: 'string', format: 'binary' } };
  const headers = fieldsOf(operation, status, answer);
  return {
    description: answer.description,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}

/** One entry a status: the problems that share it are listed in its description. */
function problemObjects(operation: Row): [string, Operation['responses'][string]][] {
  const schema = { $ref: getSchemaPath(ProblemDocument) };
  const content = {
    'application/problem+json': { schema },
    'application/problem+xml': { schema: { type: 'string' } },
    [mediaTypes.html]: { schema: { type: 'string' } },
  };
  return [...Map.groupBy(problemsOf(operation), (slug) => problems[slug].status)].map(([status, slugs]) => [
    String(status),
    {
      ...againFields(status),
      description: slugs.map((slug) => `\`/problems/${slug}\` ${problems[slug].title}.`).join('\n\n'),
      content,
    },
  ]);
}

/** RFC 9110 10.2.3, RFC 6585 4. */
function againFields(status: number): { headers?: Record<string, object> } {
  const limits: HeaderName[] = status === 429 ? ['RateLimit', 'RateLimit-Policy'] : [];
  const names: HeaderName[] = status === 429 || status === 503 ? ['Retry-After', ...limits] : [];
  if (names.length === 0) return {};
  const fields = names.map((name) => [name, { description: headerFields[name], schema: { type: 'string' } }] as const);
  return { headers: Object.fromEntries<object>(fields) };
}

const isClass = (schema: BodySpec['schema']): schema is Dto => typeof schema === 'function';
