import { type Check } from './check.js';
import { amountChecks } from './checks/amounts.js';
import { answerChecks } from './checks/answers.js';
import { callbackChecks } from './checks/callbacks.js';
import { framingChecks } from './checks/framing.js';
import { headerChecks } from './checks/headers.js';
import { jsonChecks } from './checks/json.js';
import { keyChecks } from './checks/keys.js';
import { keylessChecks } from './checks/keyless.js';
import { machineChecks } from './checks/machine.js';
import { memberChecks } from './checks/members.js';
import { multipartChecks } from './checks/multipart.js';
import { ownerChecks } from './checks/owners.js';
import { pixelChecks } from './checks/pixels.js';
import { queryChecks } from './checks/queries.js';
import { rateChecks } from './checks/rates.js';
import { scopeChecks } from './checks/scopes.js';
import { semanticChecks } from './checks/semantics.js';
import { siteChecks } from './checks/sites.js';
import { slownessChecks } from './checks/slowness.js';
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
  { title: 'What every answer says to browsers', checks: headerChecks },
  { title: 'Pages of other sites, while there are no keys', checks: siteChecks },
  { title: 'Keys', checks: keyChecks },
  { title: 'Without a key', checks: keylessChecks },
  { title: 'Tokens, and where keys are kept', checks: tokenChecks },
  { title: 'Scopes', checks: scopeChecks },
  { title: 'What is another’s', checks: ownerChecks },
  { title: 'Too many requests', checks: rateChecks },
  { title: 'Too much', checks: amountChecks },
  { title: 'Too slow', checks: slownessChecks },
  { title: 'The machine', checks: machineChecks },
];

export const catalogue: readonly Check[] = themes.flatMap(({ checks }) => checks);
