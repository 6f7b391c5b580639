import { Agent, request } from 'undici';
import { formContent, rawContent } from './form.js';

// A program: upload-at-once.js raw|form ORIGIN MEDIATYPE FILE… Each file goes up on a connection of its own, all at the same time.

async function main([form = '', origin = '', mediaType = '', ...files]: string[]): Promise<void> {
  const dispatcher = new Agent();
  const started = performance.now();
  await Promise.all(
    files.map(async (path) => {
      const content =
        form === 'form' ? await formContent({}, { path, mediaType }) : await rawContent({ path, mediaType });
      const answer = await request(`${origin}/images`, { method: 'POST', ...content, dispatcher });
      const text = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`POST /images answered ${answer.statusCode}: ${text}`);
    }),
  );
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
  await dispatcher.close();
}

await main(process.argv.slice(2));
