import { readdir, readFile } from 'node:fs/promises';

/** Process ids of the children of a process, by what is in their command line. Through /proc: on Linux alone. */
export async function childrenOf(pid: number, pattern: RegExp): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (name) => {
      const [stat, command] = await Promise.all(
        ['stat', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
      );
      const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === pid && pattern.test(command ?? '') ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

/** Waits until there is one. */
export async function childNamed(parent: number, pattern: RegExp): Promise<number> {
  for (;;) {
    const [child] = await childrenOf(parent, pattern);
    if (child !== undefined) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
