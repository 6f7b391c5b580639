import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

// Preloaded into the service (`--import`), and so into each process of it: how late the event loop was since the last SIGUSR2,
// written once a second as JSON into ROLE.json.

const nanosecondsPerMs = 1_000_000;
const resolution = 10;

const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();
const path = `${process.env['LOOP_DELAY_FOLDER'] ?? '.'}/${process.env['ROLE'] ?? 'all'}.json`;
/** Those that work on pixels have the role in their environment too. */
const hasRole = process.argv[1]?.endsWith('/src/main.js') ?? false;

// The histogram holds whole intervals: how late they were is what goes beyond the interval itself.
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / nanosecondsPerMs - resolution);

process.on('SIGUSR2', () => histogram.reset());
const tell = (): void => {
  const [p50, p99, max] = [histogram.percentile(50), histogram.percentile(99), histogram.max].map(late);
  writeFileSync(path, JSON.stringify({ pid: process.pid, p50, p99, max }));
};
if (hasRole) setInterval(tell, 1_000).unref();
