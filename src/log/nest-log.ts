import { Logger, type LoggerService } from '@nestjs/common';
import { type Log, type LogLevel } from './log.js';
import { scrub } from './scrub.js';

/** What the framework says of itself while it starts. */
const ofTheFramework = ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'];

/**
 * Nest's Logger, and with it all of ours, writes into the log: a text, or fields with their `msg`, and the logger's name.
 * nestjs-pino would have a logger for each request, and one for all of a process that is told where to write once.
 */
export class NestLog implements LoggerService {
  constructor(private readonly to: Log) {}

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  log(message: unknown, ...more: unknown[]): void {
    this.write(ofTheFramework.includes(String(more.at(-1))) ? 'debug' : 'info', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  /** @param more what Nest puts after the message: a stack, sometimes; the logger's name, last */
  private write(level: LogLevel, message: unknown, more: unknown[]): void {
    if (!this.to.isLevelEnabled(level)) return;
    const [context, stack] = [more.at(-1), more.at(-2)];
    const { msg = '', ...fields } = fieldsOf(message);
    const traced = typeof stack === 'string' ? { stack: scrub(stack) } : {};
    this.to[level](
      { ...(typeof context === 'string' ? { from: context } : {}), ...fields, ...traced },
      scrub(String(msg)),
    );
  }
}

function fieldsOf(message: unknown): { [name: string]: unknown; msg?: unknown } {
  if (message instanceof Error) return { msg: message.message, err: message };
  return typeof message === 'object' && message !== null ? { ...message } : { msg: message };
}

/** From now on what Nest and our own services have to say goes into the log. */
export function logOfNest(log: Log): void {
  Logger.overrideLogger(new NestLog(log));
}
