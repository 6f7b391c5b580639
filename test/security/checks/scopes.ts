import { check, explained, told } from '../check.js';
import { bearing, type GuardedScene } from '../guarded-scene.js';

/** API1 and API5: a key opens what its scopes say, also of what its owner has. */
const source = 'API5 Broken Function Level Authorization';

type KeyName = 'valid' | 'reading' | 'writing' | 'administering';
const holders: Record<KeyName, string> = {
  valid: 'read, write',
  reading: 'read',
  writing: 'write',
  administering: 'admin',
};
const json = { 'Content-Type': 'application/json' };
const merge = { 'Content-Type': 'application/merge-patch+json' };
const order = '{"image":"{image}","operations":[{"operation":"flip"}]}';
const denied = (scope: string): string => `403 insufficient-scope, scope="${scope}", nothing changed`;

type Row = readonly [
  id: string,
  key: KeyName,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
];

const writes: readonly Row[] = [
  ['mint', 'reading', 'POST', '/images', '', {}],
  ['upload', 'reading', 'POST', '/images', 'GIF89a', { 'Content-Type': 'image/gif' }],
  ['put', 'reading', 'PUT', '/images/{image}', 'GIF89a', { 'Content-Type': 'image/gif', 'If-Match': '*' }],
  ['patch', 'reading', 'PATCH', '/images/{image}', '{"name":"taken"}', merge],
  ['delete', 'reading', 'DELETE', '/images/{image}', '', {}],
  ['note', 'reading', 'POST', '/images/{image}/notes', '{"text":"a"}', json],
  ['task', 'reading', 'POST', '/images/tasks', order, json],
  ['batch', 'reading', 'POST', '/images/tasks/batch', `{"tasks":[${order}]}`, json],
  ['cancel', 'reading', 'POST', '/images/tasks/{task}/cancel', '', {}],
  ['forget', 'reading', 'DELETE', '/images/tasks/{task}', '', {}],
  ['reserve', 'reading', 'POST', '/reservations', '{"for":"/images"}', json],
  ['give-back', 'reading', 'DELETE', '/reservations/{reservation}', '', {}],
  ['resend', 'reading', 'POST', '/alerts/{alert}/resend', '', {}],
  ['correct', 'reading', 'POST', '/texts/{text}/corrections', '{"page":1,"text":"a"}', json],
  ['override', 'reading', 'POST', '/images', '', { 'X-HTTP-Method-Override': 'GET' }],
];
const reads: readonly Row[] = [
  ['list', 'writing', 'GET', '/images', '', {}],
  ['read', 'writing', 'GET', '/images/{image}', '', {}],
  ['download', 'writing', 'GET', '/images/{image}/content', '', {}],
  ['listen', 'writing', 'GET', '/images/tasks/{ended}/events', '', {}],
  ['search', 'writing', 'QUERY', '/images', '{}', json],
  ['operator', 'administering', 'GET', '/images', '', {}],
];
const operators: readonly Row[] = [
  ['metrics', 'valid', 'GET', '/metrics', '', {}],
  ['metrics-query', 'valid', 'GET', '/metrics?scope=admin', '', {}],
];

async function seen(guarded: GuardedScene, [, key, method, path, body, headers]: Row): Promise<string> {
  return guarded.unchanged(async () => {
    const fields = { ...headers, ...bearing(guarded.tokens[key]) };
    const reply = await guarded.call(method, path, { headers: fields, body: guarded.named(body) });
    const scope = /scope="\w+"/.exec(String(reply.headers['www-authenticate']));
    return `${told(reply)}, ${scope?.[0] ?? 'no scope named'}`;
  });
}

const rowsOf = (rows: readonly Row[], scope: string) =>
  rows.map((row) => {
    const [id, key, method, path, , headers] = row;
    const override = 'X-HTTP-Method-Override' in headers ? ' X-HTTP-Method-Override: GET' : '';
    const title = `a key for ${holders[key]} where ${scope} is needed, by its owner`;
    return check(
      { id: `scope-${id}`, source, title, request: `${method} ${path}${override}`, expected: denied(scope) },
      ({ guarded }) => seen(guarded, row),
    );
  });

/** Keys are made by whoever has the machine: there is no way to them from outside. */
const ways = [
  ['GET', '/keys'],
  ['POST', '/keys'],
  ['PATCH', '/keys/{id}'],
  ['GET', '/admin'],
] as const;

export const scopeChecks = [
  ...rowsOf(writes, 'write'),
  ...rowsOf(reads, 'read'),
  ...rowsOf(operators, 'admin'),
  ...ways.map(([method, path], at) =>
    check(
      {
        id: `scope-own-${at + 1}`,
        source: 'API5, CVE-2026-23896',
        title: 'a key gives itself more',
        request: `${method} ${path} {"scopes":["admin"]}`,
        expected: '404 not-found',
      },
      async ({ guarded }) => {
        const headers = { ...json, ...bearing(guarded.tokens.administering) };
        const [, id = ''] = guarded.tokens.administering.split('_');
        const body = method === 'GET' ? '' : '{"scopes":["admin"]}';
        return told(await guarded.call(method, path.replace('{id}', id), { headers, body }));
      },
    ),
  ),
  ...['scope', 'scopes', 'owner'].map((name) =>
    check(
      {
        id: `scope-query-${name}`,
        source,
        title: 'a caller says who it is, beside its key',
        request: `GET /images?${name}=admin`,
        expected: `400 invalid-parameter at ${name}`,
      },
      async ({ guarded }) => explained(await guarded.get(`/images?${name}=admin`, bearing(guarded.tokens.reading))),
    ),
  ),
  check(
    {
      id: 'scope-header',
      source,
      title: 'a caller says who it is in a field, beside its key',
      request: 'GET /images X-Owner: a, X-User: a, X-Forwarded-User: a',
      expected: '200, nothing of theirs',
    },
    async ({ guarded }) => {
      const fields = { 'X-Owner': 'a', 'X-User': 'a', 'X-Forwarded-User': 'a', 'X-Tenant-Id': 'a' };
      const reply = await guarded.owners.b.get('/images', fields);
      return `${told(reply)}, ${reply.json.items.length === 0 ? 'nothing' : 'SOMETHING'} of theirs`;
    },
  ),
];
