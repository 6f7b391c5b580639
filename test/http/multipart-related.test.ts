import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  end,
  part,
  refused,
  relatedType,
  send,
  startMultipartServer,
  stopMultipartServer,
} from '../support/multipart-server.js';

beforeAll(() => startMultipartServer());
afterAll(() => stopMultipartServer());

describe('multipart/related', () => {
  const xml = part('Content-Type: application/xml;charset=UTF-8\r\n', '<task/>');
  const json = part('Content-Type: application/json\r\nContent-ID: <task@x>\r\n', '{}');
  const image = part('Content-Type: image/png\r\nContent-ID: <img@x>\r\n', 'pixels');
  const roots = (...expected: [boolean, string, string][]) => ({
    value: expected.map(([root, mediaType, body]) => expect.objectContaining({ root, mediaType, body }) as unknown),
  });
  const ofType = (parameters: string) => ({ type: `${relatedType}; ${parameters}` });

  test('as the source document sends it: without type, the first part is the root', async () => {
    expect(await send(xml + image + end, { type: relatedType })).toEqual(
      roots([true, 'application/xml', '<task/>'], [false, 'image/png', 'pixels']),
    );
  });

  test.each(['start="<task@x>"', 'start="task@x"', 'start="<task@x>"; type="Application/JSON"'])(
    '%s names the root',
    async (parameters) => {
      expect(await send(image + json + end, ofType(parameters))).toEqual(
        roots([false, 'image/png', 'pixels'], [true, 'application/json', '{}']),
      );
    },
  );

  test('type holds for a root without Content-Type', async () => {
    expect(await send(part('', '{}') + image + end, ofType('type="application/json"'))).toEqual(
      roots([true, 'application/json', '{}'], [false, 'image/png', 'pixels']),
    );
  });

  test('type and the root’s own type must agree', async () => {
    expect(await send(xml + end, ofType('type="application/json"'))).toEqual(
      refused('unsupported-media-type', 'application/xml'),
    );
  });

  test('without type, the root has to be JSON or XML by its own word', async () => {
    const suffixed = part('Content-Type: application/vnd.x+json\r\n', '{}');
    expect(await send(suffixed + end, { type: relatedType })).toEqual(roots([true, 'application/vnd.x+json', '{}']));
    expect(await send(image + xml + end, { type: relatedType })).toEqual(refused('malformed-body', '`type`'));
    expect(await send(part('', '{}') + end, { type: relatedType })).toEqual(refused('malformed-body', '`type`'));
  });

  test('start must name one part', async () => {
    expect(await send(xml + image + end, ofType('start="<task@x>"'))).toEqual(refused('malformed-body', '`start`'));
    expect(await send(json + json + end, ofType('start="<task@x>"'))).toEqual(refused('malformed-body', 'Two parts'));
  });
});
