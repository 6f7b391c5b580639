import { type Exchange, type Observer } from '../http/exchange.js';
import { type Log, type LogLevel } from './log.js';

/** Asked every few seconds by machines that look after this one. */
const probes: readonly (string | undefined)[] = ['livez', 'readyz', 'getMetrics'];

/** Writes one line for each request, and one for what is none. */
export function observerOf(log: Log): Observer {
  return {
    exchange: (exchange) => log[levelOf(exchange)](exchange, 'request'),
    refusal: (refusal) => log.info(refusal, 'broken request'),
  };
}

function levelOf({ status = 0, operation }: Exchange): LogLevel {
  if (status >= 500) return 'warn';
  return probes.includes(operation) ? 'debug' : 'info';
}
