import { type Cases } from '../../src/guide/cases.js';
import { type Case } from '../../src/guide/example.js';
import { type Exchange } from './case-recorder.js';

export type Recorded = Readonly<Record<string, readonly Exchange[]>>;

/** Where the tables stand in the README. */
export const marks = { begin: '<!-- npm run examples writes this -->', end: '<!-- until here -->' };

/** The guide's tables in Markdown: each case with its requests, and the status and telling fields of the answers. */
export function guideTables({ successes, specified, practised }: Cases, recorded: Recorded): string {
  return [
    row('REST verb and resource type', "service's success", "client's success", 'here'),
    row('---', '---', '---', '---'),
    ...successes.map((each) => row(`${each.verb} ${each.title}`, each.service, each.client, shown(each, recorded))),
    '',
    row('what POST is for', 'here'),
    row('---', '---'),
    ...[...specified, ...practised].map((each) => row(each.title, shown(each, recorded))),
  ].join('\n');
}

export function withTables(readme: string, tables: string): string {
  const [before, after] = [readme.indexOf(marks.begin), readme.indexOf(marks.end)];
  if (before < 0 || after < before) throw new Error(`README.md has no ${marks.begin} … ${marks.end}`);
  return `${readme.slice(0, before + marks.begin.length)}\n\n${tables}\n\n${readme.slice(after)}`;
}

/** What a status alone leaves open; of what the body represents, only where a cache wants to know. */
const telling = /^(Location|Cache-Control: private|Idempotency-Replayed)/;
const tellingToCaches = /^(Content-Location|Cache-Control: private)/;

function shown({ id }: Case, recorded: Recorded): string {
  const exchanges = recorded[id] ?? [];
  return exchanges
    .map(({ request, answer }) => {
      const [status = '', ...lines] = answer.split('\n');
      const [asked = ''] = request.split('\n');
      const kept = lines.some((line) => line.startsWith('Cache-Control: private'));
      const fields = lines.filter((line) => (kept ? tellingToCaches : telling).test(line));
      return `${code(asked)} → ${[status.replace('HTTP/1.1 ', ''), ...fields.map(code)].join('; ')}`;
    })
    .join('<br>');
}

/** The last digits tell ids apart: a cell is narrow. */
function code(text: string): string {
  const short = text.replaceAll(/01a21400-0000-7000-8000-0{10}(\d\d)/g, '…$1').replaceAll('http://localhost:3000', '');
  return `\`${short.replaceAll('|', String.raw`\|`)}\``;
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
