import { IsInt, IsOptional, Max, Min } from 'class-validator';

const many = 1_000_000_000;

/** The variables that say how much one caller may have, and all of them. A part of Config (config.ts). */
export class LimitsConfig {
  /** Requests of one owner; of one address where nobody says who calls. 0: any number. Without it: see `requestsMax`. */
  @IsOptional() @IsInt() @Min(0) @Max(many) RATE_REQUESTS_MAX?: number;

  /** In so long. */
  @IsInt() @Min(1) @Max(86_400) RATE_SECONDS: number = 60;

  /** Authentications that fail, of one address in the same time. */
  @IsInt() @Min(1) @Max(many) AUTH_FAILURES_MAX: number = 30;

  /** Proxies in front of the service: the client's address is the one that the first of them has seen (X-Forwarded-For). */
  @IsInt() @Min(0) @Max(10) PROXY_HOPS: number = 0;

  /** Tasks of one owner that may be pending. */
  @IsInt() @Min(1) @Max(many) QUEUE_TASKS_MAX_PER_OWNER: number = 100_000;

  /** The same of all owners together. */
  @IsInt() @Min(1) @Max(many) QUEUE_TASKS_MAX: number = 500_000;

  /** What an owner may have stored: images, outcomes, texts. 0: as much as there is room for. */
  @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) STORAGE_BYTES_MAX_PER_OWNER: number = 0;

  /** Event streams of one owner that an API process keeps open. */
  @IsInt() @Min(1) @Max(many) STREAMS_MAX_PER_OWNER: number = 1_000;

  /** The same of all owners together. */
  @IsInt() @Min(1) @Max(many) STREAMS_MAX: number = 5_000;

  /** Connections that an API process keeps open. */
  @IsInt() @Min(1) @Max(many) CONNECTIONS_MAX: number = 10_000;

  /** How long the header of a request may take. */
  @IsInt() @Min(1) @Max(300) HEADERS_SECONDS_MAX: number = 15;

  /** How slowly a body may come … */
  @IsInt() @Min(1) @Max(many) BODY_BYTES_PER_SECOND_MIN: number = 1_000;

  /** … and for how long it may come slower than that. */
  @IsInt() @Min(1) @Max(300) BODY_SECONDS_MAX: number = 10;

  /** How long an answer may go unread. */
  @IsInt() @Min(1) @Max(3_600) ANSWER_SECONDS_MAX: number = 60;
}

/** Their names, in the order in which they are declared. */
export const limitVariables = [
  'RATE_REQUESTS_MAX',
  'RATE_SECONDS',
  'AUTH_FAILURES_MAX',
  'PROXY_HOPS',
  'QUEUE_TASKS_MAX_PER_OWNER',
  'QUEUE_TASKS_MAX',
  'STORAGE_BYTES_MAX_PER_OWNER',
  'STREAMS_MAX_PER_OWNER',
  'STREAMS_MAX',
  'CONNECTIONS_MAX',
  'HEADERS_SECONDS_MAX',
  'BODY_BYTES_PER_SECOND_MIN',
  'BODY_SECONDS_MAX',
  'ANSWER_SECONDS_MAX',
] as const satisfies (keyof LimitsConfig)[];
