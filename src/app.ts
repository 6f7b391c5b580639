import { type Server } from 'node:http';
import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { about } from './about.js';
import { Doorkeeper } from './access/doorkeeper.js';
import { Sealing } from './alerts/sealing.js';
import { AppModule } from './app.module.js';
import { type Config, formatsExtra } from './config.js';
import { Clock } from './database/clock.js';
import { Pulse } from './database/pulse.js';
import { observeExchanges, type Observer } from './http/exchange.js';
import { openApiDocument } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { refuseOddHead } from './http/request-head.js';
import { secure, securityFields } from './http/security-headers.js';
import { answerOptions, expectContinueLate, refuseBrokenRequests, refuseExpectation } from './http/server.js';
import { configureHttp } from './http/settings.js';
import { swaggerUi } from './http/swagger-ui.js';
import { WireAdapter, type WireLimits } from './http/wire-adapter.js';
import { CallerLimitsInMemory } from './limits/caller-limits.js';
import { Metrics } from './metrics/metrics.js';
import { mediaTypesRead } from './processing/formats.js';
import { ReservationsService } from './reservations/reservations.service.js';

/** The only way the API is built: for main, the tests and the OpenAPI document. It does not listen yet. */
export async function createApp(
  config: Config,
  databaseUrl: string,
  others: readonly Observer[] = [],
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(config, databaseUrl),
    new WireAdapter(wireLimits(config)),
    // Each contract row reads its own body: streamed, limited, in its own media types.
    { bodyParser: false, abortOnError: false },
  );
  const express = app.getHttpAdapter().getInstance();
  app.disable('x-powered-by');
  // A tag of Express's own would be weak, and computed for problems too.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.PROXY_HOPS);
  app.useGlobalFilters(new ProblemFilter());
  const observers = [...others, app.get(Metrics)];
  const fields = securityFields({ https: config.PUBLIC_URL?.startsWith('https:') ?? false });
  app.use(observeExchanges(observers));
  app.use(secure(fields));
  app.use(refuseOddHead);
  app.use(refuseExpectation);
  app.use(answerOptions);

  const document = openApiDocument(app, about);
  // Once, and not at each request: Nest looks through all modules.
  const find = <T>(type: Type<T>): T => app.get(type, { strict: false });
  const [clock, pulse, reservations, sealing] = [find(Clock), find(Pulse), find(ReservationsService), find(Sealing)];
  configureHttp(express, {
    ...(config.PUBLIC_URL === undefined ? {} : { publicUrl: config.PUBLIC_URL.replace(/\/+$/, '') }),
    uploadBytesMax: config.UPLOAD_BYTES_MAX,
    bodyPace: { bytesPerSecondMin: config.BODY_BYTES_PER_SECOND_MIN, secondsMax: config.BODY_SECONDS_MAX },
    limits: new CallerLimitsInMemory(config),
    imageTypes: mediaTypesRead(formatsExtra(config)),
    privateCallbacks: config.CALLBACK_PRIVATE_ADDRESSES,
    sealed: (secret) => sealing.seal(secret),
    draining: false,
    now: () => clock.now(),
    isDatabaseAway: () => pulse.isAway,
    isEmptySlot: (owner, path) => reservations.isEmptySlot(owner, path),
    doorkeeper: find(Doorkeeper),
    openapi: JSON.stringify(document, null, 2),
  });
  app.use('/docs', swaggerUi('Darkroom: the API'));
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    swaggerOptions: {
      // Addresses of single operations, which other pages lead to.
      deepLinking: true,
      tagsSorter: undefined,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      // Without the bar on top: its logo has a style within it, which the page's policy forbids.
      layout: 'BaseLayout',
    },
  });

  const server: Server = app.getHttpServer();
  expectContinueLate(server);
  refuseBrokenRequests(server, fields, observers);
  return app;
}

function wireLimits({ HEADERS_SECONDS_MAX, ANSWER_SECONDS_MAX, CONNECTIONS_MAX }: Config): WireLimits {
  return {
    headersSecondsMax: HEADERS_SECONDS_MAX,
    answerSecondsMax: ANSWER_SECONDS_MAX,
    connectionsMax: CONNECTIONS_MAX,
  };
}
