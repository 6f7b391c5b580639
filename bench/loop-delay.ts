import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

// Preloaded into a server (`--import`): how late its event loop was since the last SIGUSR2, written once a second as JSON.

const nanosecondsPerMs = 1_000_000;
const resolution = 10;

const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();
const path = `${process.env['LOOP_DELAY_FOLDER'] ?? '.'}/${process.pid}.json`;

// The histogram holds whole intervals: how late they were is what goes beyond the interval itself.
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / nanosecondsPerMs - resolution);

process.on('SIGUSR2', () => histogram.reset());
setInterval(() => {
  const told = { p50: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), max: late(histogram.max) };
  writeFileSync(path, JSON.stringify(told));
}, 1_000).unref();
