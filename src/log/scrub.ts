/** What is known of an error: never its parameters or details, which are what callers sent. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
}

/** How far back causes are told of. */
const causesMax = 4;

export function errorOf(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)) };
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: scrub(error.stack) }),
    ...(error.cause === undefined || depth >= causesMax ? {} : { cause: errorOf(error.cause, depth + 1) }),
  };
}

/** Texts of others, such as an error's message, may quote what is secret: credentials, and what stands in URLs beside the path. */
export function scrub(text: string): string {
  return rules.reduce((scrubbed, [secret, instead]) => scrubbed.replaceAll(secret, instead), text);
}

const rules: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 […]'],
  [/\b(cookie|secret|password|token)("?\s*[:=]\s*"?)[^\s",;}]+/gi, '$1$2[…]'],
  // Of callbacks (Standard Webhooks), and API keys.
  [/\bwhsec_[\w+/=-]+/g, 'whsec_[…]'],
  [/\bdk_\w+/g, 'dk_[…]'],
  [/\b([a-z][a-z\d+.-]{1,20}:\/\/)[^\s/?#@"']{1,200}@/gi, '$1[…]@'],
  [/\b([a-z][a-z\d+.-]{1,20}:\/\/[^\s?#"']{1,2000})\?[^\s#"']+/gi, '$1?[…]'],
];
