import { accessProblems } from './access-problems.js';
import { type ProblemTypes, serverProblems } from './server-problems.js';

/**
 * Every refusal this service knows, in one table (RFC 9457). The slug is the last segment of the problem's `type`,
 * a URI that this service serves: `/problems/{slug}` shows the title and `meaning` below.
 */
export const problems = {
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    meaning: 'The request line, a header or the framing of the body breaks HTTP itself.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body cannot be read',
    meaning:
      'The body is not what its Content-Type says: broken JSON, XML or multipart. The detail says where it broke.',
  },
  'unknown-member': {
    status: 400,
    title: 'The body has a member that means nothing here',
    meaning:
      'Each entry of `errors` points at a member that this operation does not know. Nothing is ignored silently: a misspelt option would otherwise be lost.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A query parameter is wrong',
    meaning: 'Each entry of `errors` names the parameter and what it takes.',
  },
  'digest-mismatch': {
    status: 400,
    title: 'The bytes do not match their digest',
    meaning:
      'Content-Digest or Repr-Digest (RFC 9530) names another SHA-256 than that of the bytes that arrived. Send them again.',
  },
  'partial-put': {
    status: 400,
    title: 'A PUT replaces the whole',
    meaning: 'Content-Range on PUT (RFC 9110 14.5) would change a part of the resource. Send the whole.',
  },
  ...accessProblems,
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    meaning: 'No resource has this URI: it never existed, was deleted, or its time was over.',
  },
  'empty-slot': {
    status: 404,
    title: 'This URI is reserved and not filled yet',
    meaning:
      'It was minted by an empty POST. PUT the content here before `expires`; until then it has no representation.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This resource does not know that method',
    meaning: 'The Allow header lists the methods it knows.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not available in a format that you accept',
    meaning: 'The `available` member lists the media types there are; put one of them into Accept.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The client stopped sending before the request was complete.',
  },
  'name-taken': {
    status: 409,
    title: 'Another image has this name',
    meaning: 'A name belongs to one image. The Link header (rel="related") leads to the one that holds it.',
  },
  'other-content': {
    status: 409,
    title: 'This was filled with other content before',
    meaning:
      'A task or an invocation takes effect once, with the content of the first PUT. Mint another URI for another.',
  },
  'wrong-state': {
    status: 409,
    title: 'Not possible in the present state',
    meaning:
      'The controller resource cannot do this to the resource as it is now; the detail says which states it takes.',
  },
  'too-many-notes': {
    status: 409,
    title: 'The image has as many notes as it can hold',
    meaning: 'The list is told whole each time, so it has an end. What there is more to say belongs into a document.',
  },
  'reservation-filled': {
    status: 409,
    title: 'The reservation is filled',
    meaning: 'Only a reservation that is still empty can be given back. Delete what it was filled with instead.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'A request with this Idempotency-Key is being committed',
    meaning:
      'The first request with this key has not been answered yet. Send it again after Retry-After: the answer will be the same.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition does not hold',
    meaning:
      'If-Match, If-None-Match or If-Unmodified-Since (RFC 9110 13.1) asked for another state of the resource than the present one. GET it, and decide again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'The `limit` member says how many bytes are taken here.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The URI is too long',
    meaning: 'Large queries go into a body, not into the URI: QUERY /images, or POST /images/search.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This media type is not taken here',
    meaning:
      'The Accept header (Accept-Patch for PATCH, Accept-Query for QUERY, Accept-Encoding for a content coding) lists what is.',
  },
  'range-not-satisfiable': {
    status: 416,
    title: 'The range lies outside the content',
    meaning: 'Content-Range says how long the content is.',
  },
  'expectation-failed': {
    status: 417,
    title: 'This expectation is not known here',
    meaning: 'Expect says something else than 100-continue (RFC 9110 10.1.1). Send the request without it.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key came with other content before',
    meaning:
      'A key stands for one request. Make a new key for a new request; for a repetition send the very same content.',
  },
  'not-reservable': {
    status: 422,
    title: 'Nothing can be reserved there',
    meaning:
      '`for` names a collection that takes PUT below it, such as /images or /images/tasks, or a controller resource.',
  },
  'invalid-member': {
    status: 422,
    title: 'A member of the body has a value that cannot be used',
    meaning: 'Each entry of `errors` points (RFC 6901) at a member and says what it takes.',
  },
  'unreadable-image': {
    status: 422,
    title: 'These bytes are not an image that can be read',
    meaning: 'The type was told from the bytes, not from Content-Type; the header of the image could not be decoded.',
  },
  'image-too-large': {
    status: 422,
    title: 'The image has too many pixels',
    meaning:
      'Pixels are counted over all pages, as the header of the image states them. The detail says how many, and the limit.',
  },
  'query-too-costly': {
    status: 422,
    title: 'The query takes too long',
    meaning:
      'It was given up after the time that the detail names. Say more of what is wanted: longer words in patterns, ids, a narrower range.',
  },
  'too-much-for-a-preview': {
    status: 422,
    title: 'This is too much work for a preview',
    meaning: 'The detail names the limit. A task has more time: POST the same to where the Link header leads.',
  },
  'precondition-required': {
    status: 428,
    title: 'Say which state you want to replace',
    meaning: 'Other content is here already. GET it, and send its ETag in If-Match to replace it (RFC 6585 3).',
  },
  'too-many-reservations': {
    status: 429,
    title: 'Too many open reservations',
    meaning: 'Fill some, or give them back (DELETE); those that are left go by themselves after a while.',
  },
  'too-many-queries': {
    status: 429,
    title: 'Too many different queries were asked',
    meaning: 'Each is kept for a while, to be asked again by its URI. Ask those again, or wait until some have gone.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning:
      'RateLimit-Policy says how many are taken in how many seconds, RateLimit how many are left. Retry-After says when the next is taken. Many tasks go into one batch, and a task need not be asked for again and again: follow its events, or wait with Prefer.',
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many event streams are open',
    meaning:
      'A stream is closed when its task ends, or its client goes. Close some, or ask for the task itself instead.',
  },
  'queue-full': {
    status: 429,
    title: 'Too many of your tasks are pending',
    meaning: 'Send it again when some have ended: Retry-After, and in a batch `retryAfter`, say when that is expected.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The header fields are too large',
    meaning: 'Send fewer or shorter header fields.',
  },
  ...serverProblems,
} as const satisfies ProblemTypes;

export type ProblemSlug = keyof typeof problems;
