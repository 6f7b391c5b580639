import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Exchange, type Observer, type Refusal } from '../http/exchange.js';
import { type JobRun } from '../queue/observed.js';

/** Where one number after the other is counted: nothing about whose it is, or which one, so that there is an end to the series. */
const requestBuckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const workBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_600];

/** Reads something at the moment at which it is asked for. */
export interface Measured {
  name: string;
  help: string;
  labels?: readonly string[];
  read: (gauge: Gauge) => Promise<void> | void;
}

/** What this process has done, counted since it began. Times are in seconds (Prometheus' own convention). */
export class Metrics implements Observer {
  private readonly registry = new Registry();
  private ofProcess = false;
  private readonly requests = this.histogram('request', 'Requests, by contract row and status.', requestBuckets, [
    'operation',
    'status',
  ]);
  private readonly refusals = this.counter('broken_requests', 'What came and was no request.', ['status']);
  private readonly jobs = this.histogram('job', 'Runs of jobs by this worker.', workBuckets, ['job', 'result']);
  private readonly tasks = this.histogram('task', 'Tasks that ended, from when each was queued.', workBuckets, [
    'outcome',
  ]);
  private readonly deliveries = this.counter('deliveries', 'Callbacks sent, by what came of it.', ['result']);
  private readonly sweeps = this.counter('sweeps', 'Sweeps that were done.', []);
  private readonly swept = this.counter('swept', 'What sweeps have taken away.', ['what']);

  /** @param measured what is read when it is asked for */
  constructor(measured: readonly Measured[]) {
    for (const { name, help, labels = [], read } of measured) {
      this.registry.registerMetric(
        new Gauge({
          name: `darkroom_${name}`,
          help,
          labelNames: [...labels],
          registers: [],
          async collect() {
            this.reset();
            await read(this);
          },
        }),
      );
    }
  }

  exchange({ operation = 'none', status, durationMs }: Exchange): void {
    this.requests.observe({ operation, status: status ?? 'none' }, durationMs / 1000);
  }

  refusal({ status }: Refusal): void {
    this.refusals.inc({ status });
  }

  jobRun({ job, result, seconds }: JobRun): void {
    this.jobs.observe({ job, result }, seconds);
  }

  /** @param outcome a state at which tasks end */
  taskEnded(outcome: string, seconds: number): void {
    this.tasks.observe({ outcome }, seconds);
  }

  /** @param result delivered, or the kind of failure: one of a few words */
  delivery(result: string): void {
    this.deliveries.inc({ result });
  }

  sweep(counts: Readonly<Record<string, number>>): void {
    this.sweeps.inc();
    for (const [what, count] of Object.entries(counts)) this.swept.inc({ what }, count);
  }

  /** All of it as text, and what Node tells of the process, which is watched from the first time that it is asked for. */
  text(): Promise<string> {
    if (!this.ofProcess) collectDefaultMetrics({ register: this.registry });
    this.ofProcess = true;
    return this.registry.metrics();
  }

  private histogram(name: string, help: string, buckets: number[], labelNames: string[]): Histogram {
    return new Histogram({ name: `darkroom_${name}_seconds`, help, buckets, labelNames, registers: [this.registry] });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name: `darkroom_${name}_total`, help, labelNames, registers: [this.registry] });
  }
}

/** Of what `Metrics.text` gives: Prometheus' text format. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;
