/**
 * An error that nobody handles ends the process: nothing is known of the state that it leaves behind. It is said in one line;
 * the supervisor starts another.
 */
export function lastWords(say: (line: string) => void): void {
  process.on('uncaughtException', (error: unknown) => {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(`ended by an error that nobody handled: ${trace.replaceAll(/\s*\n\s*/g, ' | ')}`);
    process.exit(1);
  });
}
