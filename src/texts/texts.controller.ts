import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { invalidMember } from '../http/invalid-member.js';
import { Operation } from '../http/operation.decorator.js';
import { Problem } from '../problems.js';
import { contentOf } from './text.content.js';
import { formatOfType, textMediaTypes } from './text.formats.js';
import { textUri, textView, TextView } from './text.view.js';
import * as contract from './texts.contract.js';
import { TextsService } from './texts.service.js';

@Controller()
export class TextsController {
  constructor(private readonly texts: TextsService) {}

  @Operation(contract.getText)
  async get(call: Call<typeof contract.getText>): Promise<Answer<typeof contract.getText>> {
    const { owner, origin } = call;
    const text = await this.texts.find(owner, call.param('id'));
    if (text === null) throw new Problem('not-found');
    const openPdf = (start: number, end: number) => this.texts.readPdf(text, start, end);
    const { format } = call.query;
    if (format !== undefined) return { status: 200, content: contentOf(text, format, { origin, openPdf }) };
    // text/html is the page: hOCR is HTML too, and has a name of its own for whoever wants that.
    const mediaType = call.negotiate(TextView, textMediaTypes);
    if (mediaType === 'text/html' || !textMediaTypes.includes(mediaType))
      return { status: 200, body: textView(text, origin) };
    return { status: 200, content: contentOf(text, formatOfType(mediaType), { origin, openPdf, mediaType }) };
  }

  @Operation(contract.createCorrection)
  async correct(call: Call<typeof contract.createCorrection>): Promise<Answer<typeof contract.createCorrection>> {
    const { text: correct, page = null, line = null, word = null } = await call.structured(contract.CorrectionRequest);
    if (line !== null && page === null) throw invalidMember('/page', 'a line is counted within its page: say which');
    if (word !== null && line === null) throw invalidMember('/line', 'a word is counted within its line: say which');
    const correcting = await this.texts.correct(call.owner, call.param('id'), { page, line, word, correct });
    switch (correcting.outcome) {
      case 'kept':
        return {
          status: 200,
          body: {
            message: 'Thank you: the correction is kept.',
            links: { text: textUri(call.param('id'), call.origin) },
          },
        };
      case 'misplaced':
        throw invalidMember(`/${correcting.member}`, `the text has no such ${correcting.member}`);
      case 'no-text':
        throw new Problem('not-found');
      default:
        return correcting satisfies never;
    }
  }
}
