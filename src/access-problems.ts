import { type ProblemTypes } from './server-problems.js';

/** The refusals to let a caller in. A part of the table in problem-types.ts. */
export const accessProblems = {
  unauthenticated: {
    status: 401,
    title: 'Say who you are',
    meaning:
      'Send a key with the request, in the header `Authorization: Bearer dk_…`, or a token of the issuer that this service trusts. Whoever runs the service makes keys: `npm run keys -- create`. A browser asks for it: any user name, and the key as the password; in /docs it is Authorize. WWW-Authenticate says what is wrong with the one that came, if one did.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'Your key does not open this',
    meaning:
      'It was made with other scopes (`read`, `write`, `admin`) than the one that WWW-Authenticate names. Ask for a key that has it.',
  },
  'cross-site-request': {
    status: 403,
    title: 'A page of another site sent this',
    meaning:
      'The browser is let in as it is, or with a key that it sends by itself, so nothing is taken that a page of another site has it send (Sec-Fetch-Site, Origin). Use its own pages, or a program.',
  },
  'misdirected-request': {
    status: 421,
    title: 'This service does not go by that name',
    meaning:
      'Until keys are made it answers to names of this machine alone (localhost, 127.0.0.1, [::1]) and to the one in PUBLIC_URL, lest a page reach it by a name of its own that leads here.',
  },
} as const satisfies ProblemTypes;
