import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { guidePage } from './guide.page.js';

export class ExchangeView {
  @ApiPropertyOptional({ description: 'The operation in the API’s document.', example: 'createNote' })
  operation?: string;
  @ApiPropertyOptional({ format: 'uri', description: 'Where it can be tried out.' }) documentation?: string;
  @ApiProperty({ description: 'A curl line, or the message that the service sends.' }) request: string;
  @ApiProperty({ type: 'integer', example: 200 }) status: number;
  @ApiProperty({ description: 'The answer as it was recorded; ids, times and digests are stand-ins.' }) answer: string;
}

export class CaseView {
  @ApiProperty({ example: 'cacheable' }) id: string;
  @ApiProperty({ example: 'The cacheable POST' }) title: string;
  @ApiProperty({ description: 'What the source says of it.' }) source: string;
  @ApiProperty({ type: [ExchangeView] }) exchanges: ExchangeView[];
}

export class SuccessView extends CaseView {
  @ApiProperty({ enum: ['GET', 'POST'] }) verb: string;
  @ApiProperty({ example: '202' }) service: string;
  @ApiProperty({ description: 'Empty where nothing is asked of the client.', example: '204' }) client: string;
}

/** POST, case by case, as this service shows it. */
export class GuideView {
  static readonly element = 'post';
  static readonly toHtml = guidePage;

  @ApiProperty({ type: [SuccessView], description: 'Which success answers which POST.' }) successes: SuccessView[];
  @ApiProperty({ type: [CaseView], description: 'What HTTP says that POST is for.' }) specified: CaseView[];
  @ApiProperty({ type: [CaseView], description: 'What POST is for in practice.' }) practised: CaseView[];
}
