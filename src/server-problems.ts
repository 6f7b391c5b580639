/** Slug → what a problem of that type is. */
export type ProblemTypes = Record<string, { status: number; title: string; meaning: string }>;

/** The refusals that are not the client's fault: 5xx. A part of the table in problem-types.ts. */
export const serverProblems = {
  'internal-error': {
    status: 500,
    title: 'Something broke on our side',
    meaning: 'It was logged under the `requestId` that the answer names; nothing more is told here on purpose.',
  },
  draining: {
    status: 503,
    title: 'This process is shutting down',
    meaning: 'It takes no new work. Send the request again after Retry-After: another process or the next one answers.',
  },
  busy: {
    status: 503,
    title: 'As much is being made at once as this process takes',
    meaning: 'Nothing was done. Send it again after Retry-After, or ask for a task, which waits for its turn.',
  },
  'service-streams-full': {
    status: 503,
    title: 'This process holds as many event streams as it can',
    meaning: 'Come again after Retry-After, or ask for the task itself instead.',
  },
  'service-queue-full': {
    status: 503,
    title: 'As many tasks are pending as this service takes',
    meaning: 'Send it again when some have ended: Retry-After, and in a batch `retryAfter`, say when that is expected.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database does not answer',
    meaning: 'Nothing was accepted. Send the request again after Retry-After.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The issuer of your token does not answer',
    meaning:
      'Its keys (OIDC_ISSUER) could not be read, so nobody can tell whether the token is good. Send the request again after Retry-After, or use a key of this service.',
  },
  'quota-exceeded': {
    status: 507,
    title: 'You have stored as much as you may',
    meaning:
      'Nothing was kept of this request. Delete images, or wait until outcomes have had their time; `limit` and `stored` are bytes.',
  },
  'storage-full': {
    status: 507,
    title: 'There is no room to store the bytes',
    meaning: 'Nothing was kept of this request. An operator has to free space.',
  },
} as const satisfies ProblemTypes;
