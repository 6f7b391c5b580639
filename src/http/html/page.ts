import { hash } from 'node:crypto';
import { type Response } from 'express';
import { type Child, Html, html } from './markup.js';
import { style } from './style.js';

/** Where the page belongs, as its navigation shows it. */
export type Place = (typeof places)[number]['path'];

const places = [
  { path: '/images', name: 'Images' },
  { path: '/images/tasks', name: 'Tasks' },
  { path: '/alerts', name: 'Alerts' },
  { path: '/reservations', name: 'Reservations' },
  { path: '/capabilities', name: 'Capabilities' },
  { path: '/problems', name: 'Problems' },
] as const;

// The hash in the policy is of the very text between the tags (CSP 3, 6.7.3.3): no white space may come between.
const styleSheet = new Html(`<style>${style}</style>`);

/** The lamp by which one may work in a darkroom. It spares every visit a request for /favicon.ico. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Ccircle cx='4.5' cy='4.5' r='4' fill='%23b3261e'/%3E%3C/svg%3E";

/** A whole page: semantic, without a script, in one style. */
export function page({ title, at, main }: { title: string; at?: Place; main: Child }): string {
  const links = places.map(
    ({ path, name }) =>
      html`<li><a href="${path}" ${path === at ? new Html(' aria-current="page"') : undefined}>${name}</a></li>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title === 'Darkroom' ? title : `${title} · Darkroom`}</title>
        <link rel="icon" href="${icon}" />
        ${styleSheet}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <div>
            <a class="brand" href="/">Darkroom</a>
            <nav aria-label="Main">
              <ul>
                ${links}
                <li><a href="/docs">API</a></li>
              </ul>
            </nav>
          </div>
        </header>
        <main id="main">
          <h1><bdi>${title}</bdi></h1>
          ${main}
        </main>
        <footer class="foot">
          The same URI speaks JSON and XML too: <code>curl -H 'Accept: application/json' …</code>
        </footer>
      </body>
    </html> `.text;
}

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a browser is told of a page: nothing in it runs, and it sends forms to nobody else. */
export function describePage(response: Response): void {
  response.setHeader('Content-Security-Policy', policy);
}
