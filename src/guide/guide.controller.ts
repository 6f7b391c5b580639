import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { contractRows } from '../http/rows.js';
import { cases } from './cases.js';
import { type Case, isCallback } from './example.js';
import recorded from './exchanges.json' with { type: 'json' };
import * as contract from './guide.contract.js';
import { type CaseView, type ExchangeView } from './guide.view.js';

/** What was asked and answered in each case; `npm run examples` records it, a test asks again. */
const exchanges: Readonly<Record<string, readonly { request: string; answer: string }[]>> = recorded;

@Controller()
export class GuideController {
  @Operation(contract.getPostGuide)
  guide({ origin }: Call<typeof contract.getPostGuide>): Answer<typeof contract.getPostGuide> {
    const { successes, specified, practised } = cases;
    const view = (each: Case): CaseView => caseView(each, origin);
    return {
      status: 200,
      body: {
        successes: successes.map((each) => ({
          ...view(each),
          ...{ verb: each.verb, service: each.service, client: each.client },
        })),
        specified: specified.map(view),
        practised: practised.map(view),
      },
    };
  }
}

function caseView({ id, title, source, steps }: Case, origin: string): CaseView {
  const shown = steps.map((step, index): ExchangeView => {
    const { request = '', answer = '' } = exchanges[id]?.[index] ?? {};
    const exchange = { request, status: step.status, answer };
    if (isCallback(step)) return exchange;
    return { operation: step.operation, documentation: documentationOf(step.operation, origin), ...exchange };
  });
  return { id, title, source, exchanges: shown };
}

/** A deep link into Swagger UI. */
function documentationOf(operation: string, origin: string): string {
  const tag = contractRows().find(({ id }) => id === operation)?.tag ?? '';
  return `${origin}/docs#/${encodeURIComponent(tag)}/${operation}`;
}
