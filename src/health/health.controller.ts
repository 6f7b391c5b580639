import { Controller } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Call } from '../http/call.js';
import { type Answer, row } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { httpSettings } from '../http/settings.js';
import { HealthService } from './health.service.js';

const tag = 'Health';

export class LivenessView {
  static readonly element = 'health';
  @ApiProperty({ enum: ['ok'] }) status: string;
}

export class ReadinessView {
  static readonly element = 'health';
  @ApiProperty({ enum: ['ready', 'draining', 'not ready'] }) status: string;
  @ApiPropertyOptional({ description: 'ok, or what is wrong.' }) database?: string;
  @ApiPropertyOptional({ description: 'ok, or what is wrong.' }) migrations?: string;
  @ApiPropertyOptional({ description: 'ok, or what is wrong.' }) queue?: string;
}

export const livez = row({
  id: 'livez',
  method: 'GET',
  path: '/livez',
  tag,
  summary: 'Whether this process lives',
  answers: { 200: { description: 'It does.', body: LivenessView } },
  conditional: true,
  standalone: true,
  open: true,
});

export const readyz = row({
  id: 'readyz',
  method: 'GET',
  path: '/readyz',
  tag,
  summary: 'Whether this process can do its work: database, migrations, queue',
  answers: {
    200: { description: 'It can.', body: ReadinessView },
    503: {
      description: 'It cannot, or it is shutting down. The body says why.',
      headers: ['Retry-After'],
      body: ReadinessView,
    },
  },
  conditional: true,
  standalone: true,
  open: true,
});

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Operation(livez)
  live(): Answer<typeof livez> {
    return { status: 200, body: { status: 'ok' } };
  }

  @Operation(readyz)
  async ready(call: Call<typeof readyz>): Promise<Answer<typeof readyz>> {
    const headers = { 'Retry-After': '2' };
    if (httpSettings(call.request.app).draining) return { status: 503, headers, body: { status: 'draining' } };
    const checks = await this.health.check();
    const ready = Object.values(checks).every((result) => result === 'ok');
    if (!ready) return { status: 503, headers, body: { status: 'not ready', ...checks } };
    return { status: 200, body: { status: 'ready', ...checks } };
  }
}
