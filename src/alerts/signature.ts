import { Webhook } from 'standardwebhooks';

/** The fields of Standard Webhooks: the same id at every attempt, the time of this one. Without a secret nothing is signed. */
export function signed(
  { id, body, secret }: { id: string; body: string; secret: string | null },
  now: Date,
): Record<string, string> {
  const identified = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)) };
  if (secret === null) return identified;
  return { ...identified, 'webhook-signature': new Webhook(secret).sign(id, now, body) };
}
