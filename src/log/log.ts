import pino, { type DestinationStream } from 'pino';
import { readable } from './readable.js';
import { errorOf } from './scrub.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = 'json' | 'pretty';

/** One line a happening. */
export interface Log extends Record<LogLevel, (fields: object, message: string) => void> {
  isLevelEnabled(level: LogLevel): boolean;
}

const { warn = 40 } = pino.levels.values;

/** Lines are written when so much has come together, characters, or so long after the first of them, ms; of trouble at once. */
const togetherMin = 8_192;
const atLatestMs = 200;

/**
 * The log of this process, to standard error: standard output is for people.
 * @param process which one it is, said in every line
 */
export function openLog({ level, format, process }: { level: LogLevel; format: LogFormat; process: string }): Log {
  const destination = standardError();
  return logTo(format === 'json' ? destination : readable(destination), level, process);
}

/** The same to anywhere. */
export function logTo(destination: DestinationStream, level: LogLevel, process: string): Log {
  return pino(
    {
      level,
      base: { process },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorOf },
      hooks: {
        logMethod(args, method, number) {
          method.apply(this, args);
          if (number >= warn) this.flush();
        },
      },
    },
    destination,
  );
}

function standardError(): pino.DestinationStream {
  const destination = pino.destination({ dest: 2, sync: true, minLength: togetherMin, periodicFlush: atLatestMs });
  process.once('exit', () => destination.flushSync());
  return destination;
}
