import { type Check } from './check.js';
import { answerChecks } from './checks/answers.js';
import { callbackChecks } from './checks/callbacks.js';
import { framingChecks } from './checks/framing.js';
import { jsonChecks } from './checks/json.js';
import { keyChecks } from './checks/keys.js';
import { memberChecks } from './checks/members.js';
import { multipartChecks } from './checks/multipart.js';
import { ownerChecks } from './checks/owners.js';
import { pixelChecks } from './checks/pixels.js';
import { queryChecks } from './checks/queries.js';
import { scopeChecks } from './checks/scopes.js';
import { semanticChecks } from './checks/semantics.js';
import { tokenChecks } from './checks/tokens.js';
import { uploadChecks } from './checks/uploads.js';
import { xmlChecks } from './checks/xml.js';

/** A part of the document each. */
export const themes: readonly { title: string; checks: readonly Check[] }[] = [
  { title: 'Framing', checks: framingChecks },
  { title: 'Methods, fields and paths', checks: semanticChecks },
  { title: 'JSON and codings', checks: jsonChecks },
  { title: 'XML', checks: xmlChecks },
  { title: 'Members that are not the caller’s', checks: memberChecks },
  { title: 'Queries, names and amounts', checks: queryChecks },
  { title: 'Uploads', checks: uploadChecks },
  { title: 'Multipart', checks: multipartChecks },
  { title: 'Pixels and operations', checks: pixelChecks },
  { title: 'Callbacks', checks: callbackChecks },
  { title: 'Answers', checks: answerChecks },
  { title: 'Keys', checks: keyChecks },
  { title: 'Tokens, and where keys are kept', checks: tokenChecks },
  { title: 'Scopes', checks: scopeChecks },
  { title: 'What is another’s', checks: ownerChecks },
];

export const catalogue: readonly Check[] = themes.flatMap(({ checks }) => checks);
