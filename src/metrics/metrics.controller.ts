import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer, row } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { Metrics, metricsType } from './metrics.js';

export const getMetrics = row({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  tag: 'Health',
  scope: 'admin',
  summary: 'What this process has done, and how full the queue is, for Prometheus',
  answers: { 200: { description: "Prometheus' text format.", content: [metricsType] } },
  standalone: true,
});

@Controller()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Operation(getMetrics)
  async get(_call: Call<typeof getMetrics>): Promise<Answer<typeof getMetrics>> {
    return { status: 200, text: await this.metrics.text(), mediaType: metricsType };
  }
}
