import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { secret } from './callback-scene.js';
import { type Received } from './receiver.js';

/** Fails unless the public library takes a callback's signature, and so does who makes it by hand. */
export function verify({ headers, body }: Received): void {
  new Webhook(secret).verify(body, headers);
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
}
