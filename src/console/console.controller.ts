import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { textContent } from '../http/content.js';
import { Operation } from '../http/operation.decorator.js';
import { httpSettings } from '../http/settings.js';
import { problems } from '../problem-types.js';
import { Problem } from '../problems.js';
import * as contract from './console.contract.js';

@Controller()
export class ConsoleController {
  private readonly startedAt = new Date();

  @Operation(contract.home)
  home({ origin }: Call<typeof contract.home>): Answer<typeof contract.home> {
    const paths = {
      self: '/',
      docs: '/docs',
      post: '/docs/post',
      capabilities: '/capabilities',
      openapi: '/openapi.json',
      images: '/images',
      tasks: '/images/tasks',
      alerts: '/alerts',
      reservations: '/reservations',
      problems: '/problems',
      ready: '/readyz',
    };
    const links = Object.fromEntries(Object.entries(paths).map(([relation, path]) => [relation, origin + path]));
    return { status: 200, body: { name: 'Darkroom', links } };
  }

  @Operation(contract.getOpenApi)
  openapi({ request }: Call<typeof contract.getOpenApi>): Answer<typeof contract.getOpenApi> {
    const { openapi } = httpSettings(request.app);
    return { status: 200, content: textContent(openapi, 'application/json', 'openapi.json', this.startedAt) };
  }

  @Operation(contract.listProblemTypes)
  problems({ origin }: Call<typeof contract.listProblemTypes>): Answer<typeof contract.listProblemTypes> {
    const items = Object.entries(problems).map(([slug, problem]) => ({
      type: `${origin}/problems/${slug}`,
      ...problem,
    }));
    return { status: 200, body: { items } };
  }

  @Operation(contract.getProblemType)
  problem(call: Call<typeof contract.getProblemType>): Answer<typeof contract.getProblemType> {
    const slug = call.param('slug');
    const problem = Object.entries(problems).find(([known]) => known === slug)?.[1];
    if (problem === undefined) throw new Problem('not-found');
    return { status: 200, body: { type: `${call.origin}/problems/${slug}`, ...problem } };
  }
}
