/** What a process tells its supervisor. */
export type Sign = { sign: 'alive' } | { sign: 'ready'; port?: number };

const aliveEveryMs = 1_000;

/** Whether another process supervises this one. */
export function isSupervised(): boolean {
  return process.send !== undefined;
}

/**
 * From now on the supervisor is told each second that the event loop turns.
 * @param abandoned the supervisor is gone: it was killed, and a new one starts others
 */
export function tellSupervisor(abandoned: () => void): void {
  if (!isSupervised()) return;
  process.once('disconnect', abandoned);
  tell({ sign: 'alive' });
  setInterval(() => tell({ sign: 'alive' }), aliveEveryMs).unref();
}

/** @param port on which it listens: its successor takes the same */
export function tellReady(port?: number): void {
  tell({ sign: 'ready', ...(port !== undefined && { port }) });
}

export function isSign(message: unknown): message is Sign {
  return typeof message === 'object' && message !== null && 'sign' in message;
}

/** Where the channel is closed there is nobody to be told. */
function tell(sign: Sign): void {
  if (process.connected) process.send?.(sign, undefined, undefined, () => undefined);
}
