import { Doorkeeper } from './access/doorkeeper.js';
import { OpenElsewhere } from './access/open-elsewhere.js';
import { createApp } from './app.js';
import { type Config } from './config.js';
import { countRequests, drainServer } from './drain.js';
import { endEventStreams } from './http/event-stream.js';
import { isLoopback } from './http/loopback.js';
import { httpSettings } from './http/settings.js';
import { type Log } from './log/log.js';
import { logOfNest } from './log/nest-log.js';
import { observerOf } from './log/observer.js';
import { serveMetrics } from './metrics/metrics-server.js';
import { Metrics } from './metrics/metrics.js';
import { TaskWatchService } from './tasks/task-watch.service.js';

/** The API, listening until it is stopped. */
export interface Api {
  /** Its origin. */
  url: string;
  /** Takes no more work; requests in hand are answered, as long as the time to drain lasts. */
  stop(): Promise<void>;
}

/** @throws OpenElsewhere where anybody who reaches the machine could use it */
export async function startApi(config: Config, databaseUrl: string, log: Log): Promise<Api> {
  logOfNest(log);
  const app = await createApp(config, databaseUrl, [observerOf(log)]);
  if (!isLoopback(config.HOST) && (await app.get(Doorkeeper, { strict: false }).isOpen())) {
    await app.close();
    throw new OpenElsewhere();
  }
  const inFlight = countRequests(app.getHttpServer());
  if (config.METRICS_PORT) await serveMetrics(app.get(Metrics), config.METRICS_PORT, config.HOST);
  await app.listen(config.PORT, config.HOST);
  return {
    url: (await app.getUrl()).replace('[::1]', 'localhost'),
    async stop() {
      httpSettings(app.getHttpAdapter().getInstance()).draining = true;
      // Whoever waits is answered now, and asks the next process.
      app.get(TaskWatchService, { strict: false }).release();
      endEventStreams();
      await drainServer(app.getHttpServer(), inFlight, config.DRAIN_SECONDS * 1000);
      await app.close();
    },
  };
}
