import { readFileSync } from 'node:fs';

const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The head of the OpenAPI document. */
export const about = {
  title: 'Darkroom',
  version: String(Reflect.get(Object(packageJson), 'version')),
  description: [
    'Converts and cleans up images, asynchronously. A task is a resource: `POST /images/tasks` answers 202 at once; the',
    'task answers 200 while it runs or when it failed, and 303 to its outcome when it is done.',
    '',
    'Every answer is JSON or XML by `Accept`, and a page for a browser; every refusal is a problem document (RFC 9457) whose `type` leads to a page',
    'that says what to do. Every GET has HEAD, every URI OPTIONS; any other method gets 405 with `Allow`. What may happen',
    'anywhere (400 for a broken request, 405, 408, 414, 431) is not repeated at each operation.',
  ].join('\n'),
  tags: {
    Tasks: 'What is to be done with an image, and how far it is.',
    Images: 'Originals and outcomes.',
    Ephemeral: 'Answered while the caller waits; nothing is stored.',
    Alerts: 'What was told of the ends of tasks to the callbacks that they name, and every attempt to tell it.',
    Reservations: 'URIs that were minted, and wait for the one PUT that fills them.',
    Health: 'For load balancers and people on call.',
    About: 'The console, the problems, this document.',
  },
};
