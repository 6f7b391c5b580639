import { createApp } from './app.js';
import { type Config } from './config.js';
import { countRequests, drainServer } from './drain.js';
import { endEventStreams } from './http/event-stream.js';
import { httpSettings } from './http/settings.js';
import { TaskWatchService } from './tasks/task-watch.service.js';

/** The API, listening until it is stopped. */
export interface Api {
  /** Its origin. */
  url: string;
  /** Takes no more work; requests in hand are answered, as long as the time to drain lasts. */
  stop(): Promise<void>;
}

export async function startApi(config: Config, databaseUrl: string): Promise<Api> {
  const app = await createApp(config, databaseUrl);
  const inFlight = countRequests(app.getHttpServer());
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
