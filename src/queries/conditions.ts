import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { bandsWithin } from './hamming.js';
import { comparisonOf, literal } from './pattern.js';
import { type ImageQuery, type Range, type TimeRange } from './query.js';

/** One condition on the alias `image`, and its parameters. */
interface Condition {
  readonly sql: string;
  readonly parameters: ObjectLiteral;
}

/** Adds all that a query says to a selection of images. Which index serves which: migrations 0012 to 0014. */
export function narrow<T extends ObjectLiteral>(
  selection: SelectQueryBuilder<T>,
  query: ImageQuery,
): SelectQueryBuilder<T> {
  for (const { sql, parameters } of conditionsOf(query)) selection.andWhere(sql, parameters);
  return selection;
}

function conditionsOf(query: ImageQuery): Condition[] {
  const { ids, digests, mediaTypes, name, labels = {}, similarTo, text } = query;
  return [
    ...(ids ? [{ sql: 'image.id = any(cast(:ids as uuid[]))', parameters: { ids } }] : []),
    ...(digests ? [{ sql: 'image.digest = any(cast(:digests as text[]))', parameters: { digests } }] : []),
    ...(mediaTypes ? [{ sql: 'image.mediaType = any(cast(:mediaTypes as text[]))', parameters: { mediaTypes } }] : []),
    ...(name === undefined ? [] : [matching('image.name', name, 'name')]),
    ...Object.entries(labels).flatMap(([label, pattern], index) => labelled(label, pattern, index)),
    ...within('bytes', query.bytes),
    ...within('width', query.width),
    ...within('height', query.height),
    ...between('createdAt', query.created),
    ...between('updatedAt', query.modified),
    ...(similarTo ? [similar(similarTo)] : []),
    ...(text === undefined ? [] : [{ sql: readFrom, parameters: { text } }]),
  ];
}

function matching(expression: string, pattern: string, parameter: string): Condition {
  const comparison = comparisonOf(pattern);
  return 'equal' in comparison
    ? { sql: `${expression} = :${parameter}`, parameters: { [parameter]: comparison.equal } }
    : { sql: `${expression} like :${parameter}`, parameters: { [parameter]: comparison.like } };
}

/** The second is for the index, which knows all labels as one text of lines. */
function labelled(label: string, pattern: string, index: number): Condition[] {
  const [name, value, line] = [`label${index}`, `value${index}`, `line${index}`];
  const { sql, parameters } = matching(`image.labels ->> :${name}`, pattern, value);
  const comparison = comparisonOf(pattern);
  const like = 'equal' in comparison ? literal(comparison.equal) : comparison.like;
  return [
    { sql, parameters: { ...parameters, [name]: label } },
    {
      sql: `image.labels <> '{}' and label_lines(image.labels) like :${line}`,
      parameters: { [line]: `%\n${literal(label)}=${like}\n%` },
    },
  ];
}

/** As bigint: what is asked for may be more than any width can be. */
function within(property: 'bytes' | 'width' | 'height', { min, max }: Range = {}): Condition[] {
  const [least, most] = [`${property}Min`, `${property}Max`];
  return [
    ...(min === undefined
      ? []
      : [{ sql: `image.${property} >= cast(:${least} as bigint)`, parameters: { [least]: min } }]),
    ...(max === undefined
      ? []
      : [{ sql: `image.${property} <= cast(:${most} as bigint)`, parameters: { [most]: max } }]),
  ];
}

function between(property: 'createdAt' | 'updatedAt', { after, before }: TimeRange = {}): Condition[] {
  const [from, to] = [`${property}After`, `${property}Before`];
  return [
    ...(after === undefined ? [] : [{ sql: `image.${property} > :${from}`, parameters: { [from]: after } }]),
    ...(before === undefined ? [] : [{ sql: `image.${property} < :${to}`, parameters: { [to]: before } }]),
  ];
}

/**
 * The planner takes band values that it has no statistics of for far more frequent than they are, and would read all images. So
 * each value is looked up by itself, and what is found is an array before anything else begins.
 */
function similar({ hash, distance }: NonNullable<ImageQuery['similarTo']>): Condition {
  return {
    sql: `image.id = any(array(
      select near.id from unnest(cast(:bands as integer[])) as band
      join images near on near.hash is not null and hash_bands(near.hash) @> array[band]
      where near.owner = :owner and bit_count(cast(near.hash # cast(:hash as bigint) as bit(64))) <= :distance))`,
    parameters: {
      bands: bandsWithin(hash, distance),
      hash: BigInt.asIntN(64, BigInt(`0x${hash}`)).toString(),
      distance,
    },
  };
}

const readFrom = `exists (
  select from texts where texts.owner = image.owner and texts.image_digest = image.digest
    and texts.words @@ websearch_to_tsquery('simple', plain_words(:text)))`;
