import { type Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { about } from './about.js';
import { AppModule } from './app.module.js';
import { type Config, formatsExtra } from './config.js';
import { Clock } from './database/clock.js';
import { Pulse } from './database/pulse.js';
import { openApiDocument } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import {
  answerOptions,
  expectContinueLate,
  refuseBrokenRequests,
  refuseExpectation,
  setTimeouts,
} from './http/server.js';
import { mediaTypesRead } from './processing/formats.js';
import { ReservationsService } from './reservations/reservations.service.js';
import { configureHttp } from './http/settings.js';

/** The only way the API is built: for main, the tests and the OpenAPI document. It does not listen yet. */
export async function createApp(config: Config, databaseUrl: string): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, databaseUrl), {
    // Each contract row reads its own body: streamed, limited, in its own media types.
    bodyParser: false,
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const express = app.getHttpAdapter().getInstance();
  app.disable('x-powered-by');
  // A tag of Express's own would be weak, and computed for problems too.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.useGlobalFilters(new ProblemFilter());
  app.use(refuseExpectation);
  app.use(answerOptions);

  const document = openApiDocument(app, about);
  configureHttp(express, {
    ...(config.PUBLIC_URL === undefined ? {} : { publicUrl: config.PUBLIC_URL.replace(/\/+$/, '') }),
    uploadBytesMax: config.UPLOAD_BYTES_MAX,
    imageTypes: mediaTypesRead(formatsExtra(config)),
    privateCallbacks: config.CALLBACK_PRIVATE_ADDRESSES,
    draining: false,
    now: () => app.get(Clock, { strict: false }).now(),
    isDatabaseAway: () => app.get(Pulse, { strict: false }).isAway,
    isEmptySlot: (path) => app.get(ReservationsService, { strict: false }).isEmptySlot('local', path),
    openapi: JSON.stringify(document, null, 2),
  });
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    customSiteTitle: 'Darkroom: the API',
    // Addresses of single operations, which other pages lead to.
    swaggerOptions: { deepLinking: true, tagsSorter: undefined, displayRequestDuration: true, tryItOutEnabled: true },
  });

  const server: Server = app.getHttpServer();
  setTimeouts(server);
  expectContinueLate(server);
  refuseBrokenRequests(server);
  return app;
}
