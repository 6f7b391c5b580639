/** Why there was no answer that could be used. */
export type SendFailure =
  /** Too slow: the look-up, the connection, the first byte or the whole. */
  | 'timeout'
  /** No connection: nobody listens there, or no way leads there. */
  | 'refused'
  /** The connection broke before the answer was complete. */
  | 'reset'
  /** A certificate that does not prove who it is, or no TLS at all. */
  | 'tls'
  /** The name has no address. */
  | 'dns'
  /** The host, or one of the addresses of its name, is not public. */
  | 'private-address'
  /** The answer is longer than is read. */
  | 'too-large'
  /** No HTTP: what was said there, or a URL that asks for something else. */
  | 'protocol'
  /** The caller gave up, or this service stops. */
  | 'aborted';

/** Ends a call from within; `status` where an answer had begun. It never leaves this folder. */
export class Unsent extends Error {
  readonly status: number | undefined;

  constructor(
    readonly failure: SendFailure,
    { status, ...options }: ErrorOptions & { status?: number } = {},
  ) {
    super(failure, options);
    this.status = status;
  }
}

const byCode: Record<string, SendFailure> = {
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  EACCES: 'refused', // a firewall's
  EPERM: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  EPROTO: 'tls',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too-large',
};

/** @param otherwise what an error is that has no name here: OpenSSL alone has dozens, and so has the parser of HTTP. */
export function failureOf(error: unknown, otherwise: SendFailure): SendFailure {
  if (error instanceof Unsent) return error.failure;
  if (isOutOfTurn(error)) return 'protocol';
  return byCode[codeOf(error)] ?? otherwise;
}

/** A mistake of the caller's, such as a header that cannot be sent: nothing that the other side could bring about. */
export function isOwnMistake(error: unknown): boolean {
  return ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'].includes(
    codeOf(error),
  );
}

/** undici has one code for connections that break and for a 100 or 101 that nobody asked for: "bad response", "bad upgrade". */
function isOutOfTurn(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_SOCKET' && error instanceof Error && error.message.startsWith('bad ');
}

function codeOf(error: unknown): string {
  // Not by `instanceof`: under Jest, Node's own errors come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
