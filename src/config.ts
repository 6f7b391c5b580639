import 'reflect-metadata';
import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { availableParallelism } from 'node:os';
import { logLevels, type LogFormat, type LogLevel } from './log/log.js';
import { limitVariables, LimitsConfig } from './limits/limits.config.js';
import { type ExtraFormat, extraFormats } from './processing/formats.js';

const secondsPerDay = 24 * 60 * 60;
const callbackAddresses = ['refuse', 'allow'] as const;
const logFormats = ['json', 'pretty'] as const satisfies LogFormat[];
const roles = ['all', 'api', 'worker'] as const;
const listOfExtras = new RegExp(`^(((${extraFormats.join('|')})(,(?!$)|$))*)$`);
export type Role = (typeof roles)[number];

/**
 * Every environment variable, with its default. Durations are in seconds, sizes in bytes. `.env.example` lists them
 * (test/config.test.ts compares the two). Read once at boot by `readConfig`
 * (read-config.ts); all that is wrong is said at once.
 */
export class Config extends LimitsConfig {
  /** Port of the API. 0 lets the system choose. */
  @IsInt() @Min(0) @Max(65_535) PORT: number = 3000;

  /** Address to listen on. */
  @IsString() HOST: string = '127.0.0.1';

  /** Origin of the links in answers, such as https://images.example.org. Without it: the origin the request came to. */
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  PUBLIC_URL?: string;

  /** An OpenID Connect issuer whose tokens let in as keys do, such as https://login.example.org/realms/us. */
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  OIDC_ISSUER?: string;

  /** Which `aud` the issuer's tokens for this service have. */
  @IsOptional() @IsString() OIDC_AUDIENCE?: string;

  /** all: one process that keeps the API and a worker running, each in its own. api, worker: one of the two. */
  @IsIn(roles) ROLE: Role = 'all';

  /** A PostgreSQL 18 server of yours. Without it one is run in DATA_DIR. */
  @IsOptional()
  @IsUrl({
    require_tld: false,
    protocols: ['postgres', 'postgresql'],
    require_protocol: true,
    require_host: false,
    allow_underscores: true,
  })
  DATABASE_URL?: string;

  /** Where blobs lie, and the database where there is no DATABASE_URL. */
  @IsString() DATA_DIR: string = '.data';

  /** Under which the secrets of callbacks are kept in the database. Without it a key is made, and kept, in DATA_DIR. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/i, { message: 'SECRET_KEY must be 64 hexadecimal digits' })
  SECRET_KEY?: string;

  /** The largest upload. */
  @IsInt() @Min(1) UPLOAD_BYTES_MAX: number = 64 * 1024 * 1024;

  /** The most pixels an image may have, over all its pages: what a decoder allocates follows pixels, not bytes. */
  @IsInt() @Min(1) PIXELS_MAX: number = 50_000_000;

  /** The most frames or pages an image may have. */
  @IsInt() @Min(1) FRAMES_MAX: number = 1_000;

  /** The most pixels that an operation may make, over all pages. */
  @IsInt() @Min(1) OUTPUT_PIXELS_MAX: number = 100_000_000;

  /** The most memory that a child process may take for one image; more for larger limits of pixels. */
  @IsInt() @Min(256 * 1024 * 1024) CHILD_BYTES_MAX: number = 960 * 1024 * 1024;

  /** Formats that are read beside those that always are: pdf, svg. They are languages, and cost more than pixels. */
  @Matches(listOfExtras, { message: `FORMATS_EXTRA must be of ${extraFormats.join(', ')}, with commas between` })
  FORMATS_EXTRA: string = '';

  /** After so long a task's work is ended and the task fails. */
  @IsInt() @Min(1) @Max(secondsPerDay) TASK_SECONDS_MAX: number = 120;

  /** Tasks that a worker process works on at once. */
  @IsInt() @Min(1) @Max(1024) WORKER_CONCURRENCY: number = availableParallelism();

  /** What a preview may be expected to take; twice as long and it is stopped. */
  @IsInt() @Min(1) @Max(60) PREVIEW_SECONDS_MAX: number = 2;

  /** The most pixels of a preview's input, and of what its operations make: its caller waits in memory, not in a queue. */
  @IsInt() @Min(1) PREVIEW_PIXELS_MAX: number = 25_000_000;

  /** Previews and inspections that an API process works on at once: while one is between two images, another has its core. */
  @IsInt() @Min(1) @Max(1024) PREVIEW_CONCURRENCY: number = availableParallelism() + 1;

  /** As many more may wait for that; who comes then is told to come again. */
  @IsInt() @Min(0) @Max(10_000) PREVIEW_QUEUE_MAX: number = 16;

  /** How long a minted URI waits to be filled. */
  @IsInt() @Min(1) RESERVATION_TTL: number = 3600;

  /** Open reservations an owner may have. */
  @IsInt() @Min(1) RESERVATIONS_MAX: number = 10_000;

  /** How long an outcome is kept. */
  @IsInt() @Min(1) RESULT_TTL: number = 7 * secondsPerDay;

  /** How long a task is kept after its end. */
  @IsInt() @Min(1) TASK_TTL: number = 30 * secondsPerDay;

  /** How long a query is kept after it was asked. */
  @IsInt() @Min(1) QUERY_TTL: number = 3600;

  /** Queries that are kept of an owner; each has up to a megabyte. */
  @IsInt() @Min(1) QUERIES_MAX: number = 10_000;

  /** After so long a query is given up. The connection itself waits for 10 s. */
  @IsInt() @Min(1) @Max(9) QUERY_SECONDS_MAX: number = 5;

  /** How often what has had its time is swept. */
  @IsInt() @Min(1) SWEEP_SECONDS: number = 60;

  /** Whether callbacks may go to private, loopback and link-local addresses. */
  @IsIn(callbackAddresses) CALLBACK_PRIVATE_ADDRESSES: (typeof callbackAddresses)[number] = 'refuse';

  /** When a callback that failed is tried again: seconds after each failure, in order. */
  @Matches(/^\d{1,7}(,\d{1,7}){0,49}$/, { message: 'CALLBACK_RETRY_SECONDS must be whole numbers with commas between' })
  CALLBACK_RETRY_SECONDS: string = '5,300,1800,7200,18000,36000,50400,72000,86400';

  /** How long a receiver may take to answer a callback, all told. */
  @IsInt() @Min(1) @Max(300) CALLBACK_SECONDS_MAX: number = 20;

  /** SIGTERM: how long requests and jobs in hand may take to finish; after that jobs are given back. */
  @IsInt() @Min(0) @Max(600) DRAIN_SECONDS: number = 6;

  /** A process that has given no sign of life for so long hangs: it is killed, or its jobs are given to others. */
  @IsInt() @Min(2) @Max(secondsPerDay) HANG_SECONDS: number = 30;

  /** What is worth a line of the log; debug tells of health checks and jobs too. */
  @IsIn(logLevels) LOG_LEVEL: LogLevel = 'info';

  /** Lines of the log as JSON, or for people. Without it: for people at a terminal, else JSON. */
  @IsOptional() @IsIn(logFormats) LOG_FORMAT?: LogFormat;

  /** Port of this process's own for its metrics, which anyone may ask for there. The worker that ROLE=all starts takes the next. */
  @IsOptional() @IsInt() @Min(1) @Max(65_534) METRICS_PORT?: number;
}

/** Seconds after each failure. */
export function callbackSchedule({ CALLBACK_RETRY_SECONDS }: Config): number[] {
  return CALLBACK_RETRY_SECONDS.split(',').map(Number);
}

/** What is read beside the formats that always are. */
export function formatsExtra({ FORMATS_EXTRA }: Config): ExtraFormat[] {
  return extraFormats.filter((name) => FORMATS_EXTRA.split(',').includes(name));
}

/** The names of all variables, in the order in which they are declared. */
export const variables = [
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'ROLE',
  'DATABASE_URL',
  'DATA_DIR',
  'SECRET_KEY',
  'UPLOAD_BYTES_MAX',
  'PIXELS_MAX',
  'FRAMES_MAX',
  'OUTPUT_PIXELS_MAX',
  'CHILD_BYTES_MAX',
  'FORMATS_EXTRA',
  'TASK_SECONDS_MAX',
  'WORKER_CONCURRENCY',
  'PREVIEW_SECONDS_MAX',
  'PREVIEW_PIXELS_MAX',
  'PREVIEW_CONCURRENCY',
  'PREVIEW_QUEUE_MAX',
  'RESERVATION_TTL',
  'RESERVATIONS_MAX',
  'RESULT_TTL',
  'TASK_TTL',
  'QUERY_TTL',
  'QUERIES_MAX',
  'QUERY_SECONDS_MAX',
  'SWEEP_SECONDS',
  'CALLBACK_PRIVATE_ADDRESSES',
  'CALLBACK_RETRY_SECONDS',
  'CALLBACK_SECONDS_MAX',
  'DRAIN_SECONDS',
  'HANG_SECONDS',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'METRICS_PORT',
  ...limitVariables,
] as const satisfies (keyof Config)[];
