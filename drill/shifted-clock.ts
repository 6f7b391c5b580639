// A module for `--import`: the process that it is in takes another time for now, from one SIGUSR2 to the next. It stands in for
// libfaketime, which npm does not have: what asks the kernel by itself (timers, randomUUIDv7, PostgreSQL) is not deceived.

const hourMs = 60 * 60 * 1000;
const jumps = [72 * hourMs, -hourMs, 0];

const True = Date;
let offset = 0;

globalThis.Date = new Proxy(True, {
  construct: (target, args: [], newTarget: typeof True) =>
    Reflect.construct(target, args.length === 0 ? [True.now() + offset] : args, newTarget) as Date,
  apply: () => new True(True.now() + offset).toString(),
  get: (target, name) => (name === 'now' ? () => True.now() + offset : (Reflect.get(target, name) as unknown)),
});

process.on('SIGUSR2', () => {
  offset = jumps.shift() ?? 0;
  process.stderr.write(`drill: the clock is ${offset / hourMs} hours off\n`);
});
