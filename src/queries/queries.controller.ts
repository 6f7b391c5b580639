import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { ImagesService } from '../images/images.service.js';
import { type Page } from '../page.js';
import { Problem } from '../problems.js';
import * as contract from './queries.contract.js';
import { type Found, QueriesService } from './queries.service.js';
import { takeQuery } from './query.intake.js';
import { foundImageView, type FoundImagesView, queryUri } from './query.view.js';

@Controller()
export class QueriesController {
  constructor(
    private readonly queries: QueriesService,
    private readonly images: ImagesService,
  ) {}

  @Operation(contract.searchImages)
  search(call: Call<typeof contract.searchImages>): Promise<Answer<typeof contract.searchImages>> {
    return this.ask(call);
  }

  @Operation(contract.queryImages)
  query(call: Call<typeof contract.queryImages>): Promise<Answer<typeof contract.queryImages>> {
    return this.ask(call);
  }

  @Operation(contract.getQuery)
  async get(call: Call<typeof contract.getQuery>): Promise<Answer<typeof contract.getQuery>> {
    const finding = await this.queries.repeat(call.owner, call.param('id'), keysetOf(call.query));
    if (finding === null) throw new Problem('not-found');
    const { body, header } = pageView(finding.page, call.url, call.origin);
    return { status: 200, headers: { Link: header }, body };
  }

  /** RFC 10008 2.3 and 2.4: Content-Location is this result, as the query finds it; Location is the query, to be asked again. */
  private async ask(call: Call): Promise<Answer<typeof contract.queryImages>> {
    const { query, limit, cursor } = await takeQuery(call, this.images);
    const { id, page } = await this.queries.ask(call.owner, query, keysetOf({ limit, cursor }));
    const location = queryUri(id, call.origin);
    const self = new URL(location);
    if (limit !== undefined) self.searchParams.set('limit', String(limit));
    if (cursor !== undefined) self.searchParams.set('cursor', cursor);
    const { body, header } = pageView(page, self, call.origin);
    return { status: 200, headers: { Location: location, 'Content-Location': self.href, Link: header }, body };
  }
}

function pageView(page: Page<Found>, self: URL, origin: string): { body: FoundImagesView; header: string } {
  const { links, header } = pageLinks({ ...page, items: page.items.map(({ image }) => image) }, self);
  return { body: { items: page.items.map((found) => foundImageView(found, origin)), links }, header };
}
