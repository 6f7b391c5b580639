import { check, explained } from '../check.js';

const urls: readonly string[] = [
  ...[
    'http://127.0.0.1/',
    'http://localhost:5432/',
    'http://[::1]/',
    'http://0.0.0.0/',
    'http://0/',
    'http://2130706433/',
  ],
  ...[
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1.nip.io@127.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://[::ffff:127.0.0.1]/',
  ],
  ...[
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://metadata.google.internal/',
    'http://10.0.0.1/',
  ],
  ...[
    'http://192.168.1.1/',
    'http://172.16.0.1/',
    'http://100.64.0.1/',
    'http://[fd00::1]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ],
  ...[
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'ftp://example.com/',
    'dict://127.0.0.1:11211/',
    'javascript:alert(1)',
  ],
  ...[
    'data:text/plain,a',
    'http://user:password@example.com/',
    '//example.com/',
    'example.com',
    'http://',
    'http://example.com:22/',
  ],
];

export const callbackChecks = urls.map((url, at) =>
  check(
    {
      id: `callback-${at + 1}`,
      source: 'API7 Server Side Request Forgery',
      title: 'a callback to where no receiver of strangers is',
      request: `POST /images/tasks {…,"callback":{"url":"${url}"}}`,
      expected: '422 invalid-member at /callback/url',
    },
    async (scene) => explained(await scene.task({ callback: { url } })),
  ),
);
