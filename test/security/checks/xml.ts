import { check, explained } from '../check.js';

const source = 'OWASP XXE Prevention';
const flip = '<operations><flip/></operations>';
const task = (inside: string): string => `<task><image href="/images/{image}"/>${inside}</task>`;

const bodies: readonly [id: string, title: string, shown: string, body: string, expected: string][] = [
  ['doctype', 'a document type', '<!DOCTYPE task><task/>', `<!DOCTYPE task>${task(flip)}`, '400 malformed-body'],
  [
    'file',
    'an entity that is a file',
    '<!DOCTYPE task [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    `<!DOCTYPE task [<!ENTITY a SYSTEM "file:///etc/passwd">]>${task('&a;')}`,
    '400 malformed-body',
  ],
  [
    'url',
    'a parameter entity that is a URL',
    '<!DOCTYPE task [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]>',
    `<!DOCTYPE task [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]>${task(flip)}`,
    '400 malformed-body',
  ],
  [
    'laughs',
    'a billion laughs',
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;…',
    `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>`,
    '400 malformed-body',
  ],
  ['entity', 'an entity that nobody declared', '<task>&a;</task>', task('&a;'), '400 malformed-body'],
  [
    'references',
    'a hundred thousand character references',
    '<task>&#65;&#65;…',
    task('&#65;'.repeat(100_000)),
    '400 unknown-member',
  ],
  ['reference', 'a reference to no character', '<task>&#0;</task>', task('&#0;'), '400 malformed-body'],
  [
    'deep',
    'elements in elements, 50,000 deep',
    '<task><a><a><a>…',
    `<task>${'<a>'.repeat(50_000)}`,
    '400 malformed-body',
  ],
  [
    'attributes',
    'ten thousand attributes',
    '<task a0="" a1=""…',
    `<task ${Array.from({ length: 10_000 }, (_, at) => `a${at}=""`).join(' ')}/>`,
    '400 malformed-body',
  ],
  [
    'include',
    'XInclude',
    '<xi:include href="file:///etc/passwd"/>',
    task(`${flip}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>`),
    '400 unknown-member',
  ],
  [
    'instruction',
    'a processing instruction',
    '<?xml-stylesheet href="http://127.0.0.1/"?>',
    `<?xml-stylesheet href="http://127.0.0.1/"?>${task(flip)}`,
    '400 malformed-body',
  ],
  [
    'encoding',
    'another encoding than it has',
    '<?xml version="1.0" encoding="utf-7"?>',
    `<?xml version="1.0" encoding="utf-7"?>${task(flip)}`,
    '400 malformed-body',
  ],
  ['roots', 'two documents', '<task/><task/>', task(flip) + task(flip), '400 malformed-body'],
  [
    'twice',
    'an attribute twice',
    '<image href="…" href="…"/>',
    '<task><image href="a" href="b"/></task>',
    '400 malformed-body',
  ],
  [
    'proto',
    '__proto__',
    '<task><__proto__/></task>',
    task(`${flip}<__proto__><polluted/></__proto__>`),
    '400 unknown-member',
  ],
  ['unclosed', 'an element that is not closed', '<task><operations>', '<task><operations>', '400 malformed-body'],
];

export const xmlChecks = bodies.map(([id, title, shown, body, expected]) =>
  check(
    { id: `xml-${id}`, source, title, request: `POST /images/tasks (application/xml) ${shown}`, expected },
    async (scene) => explained(await scene.post('/images/tasks', body, { 'Content-Type': 'application/xml' })),
  ),
);
