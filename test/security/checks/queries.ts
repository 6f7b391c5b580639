import { check, explained, told } from '../check.js';

const source = 'API8, CWE-89, CWE-1333';

const bodies: readonly [id: string, title: string, body: object, expected: string][] = [
  ['sql', 'SQL in a pattern', { name: "' or 1=1; drop table images; --" }, '200'],
  ['wildcards', 'a pattern of wildcards alone', { name: '%_%_%'.repeat(40) }, '200'],
  ['stars', 'a pattern of stars', { name: '*a'.repeat(100) }, '200'],
  ['backslash', 'a pattern that ends in a backslash', { name: 'a\\' }, '422 invalid-member at /name'],
  ['long', 'a pattern of 100 KB', { name: 'x'.repeat(100_000) }, '422 invalid-member at /name'],
  [
    'ids',
    'ids by the hundred thousand',
    { ids: Array.from({ length: 20_000 }, () => '00000000-0000-7000-8000-000000000000') },
    '422 invalid-member at /ids',
  ],
  ['id', 'an id that is SQL', { ids: ["1' or '1'='1"] }, '422 invalid-member'],
  ['operators', 'operators of another database', { name: { $ne: null } }, '422 invalid-member at /name'],
  ['text', 'a text query that is not closed', { text: '"a & | ! ( <-> ' }, '200'],
  ['unknown', 'a column', { owner: 'other' }, '400 unknown-member at /owner'],
  ['limit', 'a page of a billion', { limit: 1e9 }, '422 invalid-member at /limit'],
];

export const queryChecks = [
  ...bodies.map(([id, title, body, expected]) => {
    const shown = JSON.stringify(body);
    return check(
      {
        id: `search-${id}`,
        source,
        title,
        request: `POST /images/search ${shown.length > 70 ? `${shown.slice(0, 70)}…` : shown}`,
        expected,
      },
      async (scene) => explained(await scene.post('/images/search', body)),
    );
  }),
  check(
    {
      id: 'reservations',
      source: 'API4, API6',
      title: 'more open reservations than one may have',
      request: 'POST /reservations, 21 times',
      expected: '429 too-many-reservations, Retry-After',
    },
    async (scene) => {
      const replies = [];
      for (let count = 0; count <= 20; count += 1) replies.push(await scene.post('/reservations', {}));
      const last = replies.at(-1);
      const retry = last?.headers['retry-after'] === undefined ? 'no Retry-After' : 'Retry-After';
      for (const reply of replies)
        if (reply.status === 201) await scene.call('DELETE', `/reservations/${reply.json.id}`);
      return `${last === undefined ? '' : told(last)}, ${retry}`;
    },
  ),
  check(
    {
      id: 'notes',
      source: 'API4',
      title: 'a note of 100 KB',
      request: 'POST /images/{id}/notes {"text":"xxx…"}',
      expected: '422 invalid-member at /text',
    },
    async (scene) => explained(await scene.post('/images/{image}/notes', { text: 'x'.repeat(100_000) })),
  ),
  check(
    {
      id: 'labels',
      source: 'API4',
      title: 'a thousand labels',
      request: 'PATCH /images/{id} {"labels":{…}}',
      expected: '422 invalid-member',
    },
    async (scene) =>
      told(
        await scene.call('PATCH', '/images/{image}', {
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body: JSON.stringify({ labels: Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`l${at}`, 'x'])) }),
        }),
      ),
  ),
  ...['/etc/passwd', 'http://evil.example/images', '/images/../alerts', '/__proto__', '/reservations'].map((path, at) =>
    check(
      {
        id: `reserve-${at + 1}`,
        source: 'API6',
        title: 'a URI is minted where nothing can be put',
        request: `POST /reservations {"for":"${path}"}`,
        expected: '422 not-reservable',
      },
      async (scene) => told(await scene.post('/reservations', { for: path })),
    ),
  ),
];
