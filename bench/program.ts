import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const outputBytesMax = 16 * 1024 * 1024;

/** Runs one of the benchmarks' own programs to its end, in a process of its own. What it prints are its figures. */
export function runProgram(
  name: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Record<string, number>> {
  return runScript(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args, signal).then((printed) => {
    if (!isFigures(printed)) throw new Error(`${name} printed something else than figures.`);
    return printed;
  });
}

/** Runs any Node program to its end. @returns the JSON that it prints */
export async function runScript(path: string, args: readonly string[], signal: AbortSignal): Promise<unknown> {
  const running = run(process.execPath, [path, ...args], { signal, maxBuffer: outputBytesMax });
  running.child.stderr?.pipe(process.stderr);
  const { stdout } = await running;
  const printed: unknown = JSON.parse(stdout);
  return printed;
}

function isFigures(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'number');
}
