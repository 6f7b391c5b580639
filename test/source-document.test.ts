import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { related } from './support/client.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

/** The three conversations of "Using POST Method for Asynchronous Operations", as they are written there. */
let service: Service;
beforeAll(async () => {
  service = await Service.start({ worker: true });
});
afterAll(() => service.stop());

const task = '<task><operations><resize width="32"/></operations></task>';
const submit = async (image: Buffer | string) => {
  // The document's own example has no `type` parameter, and no Accept.
  const { contentType, body } = related([
    { mediaType: 'application/xml;charset=UTF-8', bytes: task },
    { mediaType: 'image/png', bytes: image },
  ]);
  return service.client.post('/images/tasks', body, { 'Content-Type': contentType });
};

describe('the source document', () => {
  test('a client submits a task: 202, Content-Location, and a status that is pending', async () => {
    const reply = await submit(await jpeg());
    expect(reply.status).toBe(202);
    expect(reply.headers['content-type']).toBe('application/xml; charset=utf-8');
    const uri = reply.headers['content-location'] ?? '';
    expect(uri).toMatch(/^http:\/\/[^/]+\/images\/tasks\/[0-9a-f-]{36}$/);
    expect(reply.text).toMatch(
      new RegExp(
        `<status xmlns:atom="http://www.w3.org/2005/Atom"><state>pending</state><atom:link rel="self" href="${uri}"/>.*` +
          '<message>Request is still being processed.</message><ping-after>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ</ping-after>',
      ),
    );
  });

  test('a client asks for a task that has finished: 303 with Content-Location and the state OK', async () => {
    const accepted = await submit(await jpeg({ seed: 2 }));
    const uri = accepted.headers['content-location'] ?? '';
    const reply = await service.ended(uri);
    expect(reply.status).toBe(303);
    expect(reply.headers['content-location']).toBe(uri);
    expect(reply.headers['retry-after']).toBeUndefined();
    expect(reply.text).toContain(`<state>OK</state><atom:link rel="self" href="${uri}"/>`);
    expect(reply.text).toContain('<message>Your request has been processed successfully.</message>');
    const outcome = await service.client.get(reply.headers.location ?? '');
    expect(outcome.json).toMatchObject({ width: 32, height: 24 });
    // The document spells the path in the singular.
    const alias = await service.client.get(uri.replace('/images/tasks/', '/images/task/'));
    expect([alias.status, alias.headers.location]).toEqual([303, reply.headers.location]);
  });

  test('a client asks for a task that has failed: 200 and the state FAILED with the reason', async () => {
    const accepted = await submit('This is a text, and no image.');
    expect(accepted.status).toBe(202);
    const reply = await service.ended(accepted.headers.location ?? '');
    expect(reply.status).toBe(200);
    expect(reply.text).toMatch(
      /<state>FAILED<\/state>.*<message>Failed to complete your request.<\/message><detail>Invalid image format.<\/detail><completed>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/completed><\/status>/,
    );
  });
});
