import { catalogue, themes } from './catalogue.js';

/** docs/security.md. @param seen by the id of each check */
export function documentOf(seen: ReadonlyMap<string, string>): string {
  const sections = themes.map(({ title, checks }) => {
    const rows = checks.map(({ id, source, title: what, request, expected }) =>
      [id, what, code(request), expected, seen.get(id) ?? 'not tried', source].map(cell).join(' | '),
    );
    return [
      `## ${title}`,
      '',
      `| id | what is tried | request | expected | seen | source |`,
      '|---|---|---|---|---|---|',
      ...rows.map((row) => `| ${row} |`),
      '',
    ];
  });
  return [...introduction, '', ...sections.flat()].join('\n');
}

const introduction = [
  '# What was tried against it',
  '',
  `${catalogue.length} attacks and abuses, each asked of a running service with a worker and a database, and what was seen. \`npm run checks\` tries them`,
  'again and writes this page; `test/security` holds each of them, and fails where this page tells another story. What is seen begins with what is',
  'expected: a status, the name of the problem (`/problems`), and where the problem points.',
];

/** What is invisible or ends a line is written as an escape. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/[\u0000-\u001f\u007f]/g, (character) => JSON.stringify(character).slice(1, -1));
}

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
