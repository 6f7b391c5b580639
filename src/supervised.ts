/** What a process tells its supervisor. */
export type Sign = { sign: 'alive' } | { sign: 'ready'; port?: number };

const aliveEveryMs = 1_000;

/** Whether another process supervises this one. */
export function isSupervised(): boolean {
  return process.send !== undefined;
}

/** @param then the supervisor is gone: it was killed, and whoever starts it again starts others too */
export function whenAbandoned(then: () => void): void {
  if (isSupervised()) process.once('disconnect', then);
}

/**
 * From now on the supervisor is told each second that the event loop turns.
 * @param port on which this process listens: its successor takes the same
 */
export function tellReady(port?: number): void {
  if (!isSupervised()) return;
  tell({ sign: 'ready', ...(port !== undefined && { port }) });
  setInterval(() => tell({ sign: 'alive' }), aliveEveryMs).unref();
}

export function isSign(message: unknown): message is Sign {
  return typeof message === 'object' && message !== null && 'sign' in message;
}

/** Where the channel is closed there is nobody to be told. */
function tell(sign: Sign): void {
  if (process.connected) process.send?.(sign, undefined, undefined, () => undefined);
}
