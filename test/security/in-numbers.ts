import { type Reply } from '../support/client.js';
import { told } from './check.js';

/** So many at once. @returns how often which answer came, in the order of their names */
export async function atOnce(count: number, ask: (index: number) => Promise<Reply>): Promise<string> {
  const answers = (await Promise.all(Array.from({ length: count }, (_, index) => ask(index)))).map(withHints).sort();
  return [...new Set(answers)]
    .map((each) => `${answers.filter((other) => other === each).length} × ${each}`)
    .join(', ');
}

/** An answer, and which fields say when to come again. */
function withHints(reply: Reply): string {
  const hints = ['Retry-After', 'RateLimit'].filter(
    (name) => reply.status >= 400 && name.toLowerCase() in reply.headers,
  );
  return [told(reply), ...hints].join(' ');
}

/** One after the other. @returns each answer */
export async function oneByOne(asks: (() => Promise<Reply>)[]): Promise<string> {
  const answers: string[] = [];
  for (const ask of asks) answers.push(told(await ask()));
  return answers.join(', ');
}
