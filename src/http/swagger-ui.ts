import { type NextFunction, type Request, type Response } from 'express';
import { html } from './html/markup.js';
import { isSafeMethod } from './methods.js';

/** Scripts and styles of this origin alone, in files of their own: Swagger UI needs nothing of them in its page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The page of Swagger UI at /docs, in place of the library's own, which has styles within it. Its scripts are the library's.
 * A query that would have it show the document of somebody else is not looked at: there is one address, without any.
 */
export function swaggerUi(title: string) {
  const page = pageOf(title);
  return (request: Request, response: Response, next: NextFunction): void => {
    const isPage = /^\/(index\.html)?$/.test(request.path) && isSafeMethod(request.method);
    if (!isPage) next();
    else if (request.originalUrl !== request.baseUrl) response.redirect(303, '/docs');
    else
      response
        .setHeader('Content-Security-Policy', policy)
        .setHeader('Cache-Control', 'no-cache')
        .type('html')
        .send(page);
  };
}

function pageOf(title: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
        <link rel="stylesheet" href="/docs/swagger-ui.css" />
      </head>
      <body>
        <div id="swagger-ui"></div>
        <script src="/docs/swagger-ui-bundle.js"></script>
        <script src="/docs/swagger-ui-standalone-preset.js"></script>
        <script src="/docs/swagger-ui-init.js"></script>
      </body>
    </html> `.text;
}
