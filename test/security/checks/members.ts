import { check, explained } from '../check.js';

/** API3: what only the service decides cannot be said by a caller. */
const source = 'API3 Broken Object Property Level Authorization';
const decided = ['id', 'state', 'owner', 'created', 'attempts', 'digest', 'isAdmin', 'links'];

export const memberChecks = [
  ...decided.map((member) =>
    check(
      {
        id: `task-${member}`,
        source,
        title: `a task that brings its own ${member}`,
        request: `POST /images/tasks {…,"${member}":"x"}`,
        expected: '400 unknown-member',
      },
      async (scene) => explained(await scene.task({ [member]: 'x' })),
    ),
  ),
  ...['id', 'owner', 'digest', 'bytes', 'created'].map((member) =>
    check(
      {
        id: `image-${member}`,
        source,
        title: `an image’s ${member} is patched`,
        request: `PATCH /images/{id} {"${member}":"x"}`,
        expected: '400 unknown-member',
      },
      async (scene) => {
        const reply = await scene.call('PATCH', '/images/{image}', {
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body: JSON.stringify({ [member]: 'x' }),
        });
        const image = await scene.get('/images/{image}');
        return `${explained(reply)}${Object.values(image.json).includes('x') ? ', and it was changed' : ''}`;
      },
    ),
  ),
  ...['owner', 'expires', 'state', 'id'].map((member) =>
    check(
      {
        id: `reservation-${member}`,
        source,
        title: `a reservation that brings its own ${member}`,
        request: `POST /reservations {"${member}":"x"}`,
        expected: '400 unknown-member',
      },
      async (scene) => explained(await scene.post('/reservations', { for: '/images', [member]: 'x' })),
    ),
  ),
  ...['owner', 'id', 'created'].map((member) =>
    check(
      {
        id: `note-${member}`,
        source,
        title: `a note that brings its own ${member}`,
        request: `POST /images/{id}/notes {"text":"a","${member}":"x"}`,
        expected: '400 unknown-member',
      },
      async (scene) => explained(await scene.post('/images/{image}/notes', { text: 'a', [member]: 'x' })),
    ),
  ),
  ...['owner=other', 'where=1', '$where=1', '__proto__[a]=1', 'limit[$gt]=0', 'toString=1', 'hasOwnProperty=1'].map(
    (query, at) =>
      check(
        {
          id: `query-${at + 1}`,
          source,
          title: 'a query parameter that means nothing',
          request: `GET /images?${query}`,
          expected: '400 invalid-parameter',
        },
        async (scene) => explained(await scene.get(`/images?${query}`)),
      ),
  ),
  check(
    {
      id: 'corrections',
      source,
      title: 'what was written to be learnt from is read',
      request: 'GET /texts/{id}/corrections',
      expected: '405 method-not-allowed',
    },
    async (scene) => explained(await scene.get('/texts/{text}/corrections')),
  ),
  check(
    {
      id: 'callback-secret',
      source,
      title: 'the secret of a callback is read from its task',
      request: 'GET /images/tasks/{id}, its secret known',
      expected: 'not told',
    },
    async (scene) => {
      const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
      const task = await scene.task({ callback: { url: 'https://receiver.example/', secret } });
      const told = await scene.get(`${task.headers.location}/status`);
      return task.text.includes(secret) || told.text.includes(secret) ? 'told' : 'not told';
    },
  ),
];
