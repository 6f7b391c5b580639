/**
 * An error that nobody handles ends the process: nothing is known of the state that it leaves behind. It is said in one line;
 * the supervisor starts another.
 */
export function lastWords(say: (error: unknown) => void): void {
  process.on('uncaughtException', (error: unknown) => {
    say(error);
    process.exit(1);
  });
}
