import { type ProblemSlug, problems } from '../../src/problem-types.js';
import { checkConformance } from '../support/conformance.js';
import { type Reply } from '../support/client.js';
import { type Message } from './message.js';

/** What tells of the inside: stacks, files, statements, addresses of the database. None of it is in what is sent. */
const inside =
  /\n\s+at |node_modules|\/dist\/|\.[jt]s:\d|darkroom-service-|\bselect\b.+\bfrom\b|\binsert into\b|violates|relation "|ECONN|ENOENT|EACCES|postgres(ql)?:\/\/|TypeError|RangeError|QueryFailed|\[object /;

/** Throws where an answer is none that anybody may get. */
export function judge({ method, target }: Message, reply: Reply | undefined): void {
  if (reply === undefined) throw new Error('The connection was closed without an answer.');
  if (reply.status >= 500) throw new Error(`${reply.status}: ${reply.text}`);
  // A page's own links and words are not the request's.
  if (reply.status >= 400) checkRefusal(method, reply);
  const path = pathOf(target);
  // The pages of Swagger UI have no contract row.
  if (path === undefined || (path.startsWith('/docs') && !/^\/docs\/post\/?$/.test(path))) return;
  checkConformance({ method, path, reply });
}

function checkRefusal(method: string, reply: Reply): void {
  const leak = inside.exec(reply.text);
  if (leak !== null) throw new Error(`The answer tells of the inside: ${leak[0]}\n${reply.text}`);
  const type = reply.headers['content-type'] ?? '';
  if (!/^(application\/problem\+(json|xml)|text\/html)\b/.test(type))
    throw new Error(`${reply.status} is no problem: ${type} ${reply.text}`);
  if (method === 'HEAD' || reply.json === undefined) return;
  const { type: uri, title, status } = reply.json as Record<string, unknown>;
  const slug = String(uri).split('/').at(-1) as ProblemSlug;
  const known = problems[slug];
  if (known.title !== title || known.status !== status) throw new Error(`This problem is not complete: ${reply.text}`);
}

/** The path that the service is asked for; undefined where the target is none. */
function pathOf(target: string): string | undefined {
  const [path = ''] = target.split(/[?#]/);
  if (!path.startsWith('/')) return undefined;
  return path;
}
