import fc from 'fast-check';
import { type Drill } from '../drill.js';
import { type Scene } from '../scene.js';
import { heavy, light, type Wish } from '../wishes.js';

/** A task as the model has it. */
interface Modelled {
  id: string;
  wish: Wish;
  /** What it may be: `pending` and whatever may follow. */
  states: readonly string[];
  deleted: boolean;
}

type Model = Modelled[];
type Command = fc.AsyncCommand<Model, Scene>;

const live = ['pending', 'ok', 'failed'];

/** The so manyth of those that there are, counted round and round. */
const pick = (model: Readonly<Model>, which: number): Modelled | undefined => model[which % Math.max(1, model.length)];

const command = (
  name: string,
  check: (model: Readonly<Model>) => boolean,
  run: (model: Model, scene: Scene) => Promise<unknown>,
): Command => ({
  check,
  async run(model, scene) {
    await run(model, scene);
    await compare(model, scene);
  },
  toString: () => name,
});

/** Every task is what the model says. */
async function compare(model: Model, scene: Scene): Promise<void> {
  for (const { id, states, deleted } of model) {
    const reply = await scene.load.get(`/images/tasks/${id}/status`);
    const found = reply?.status === 200 ? String(reply.json.state) : String(reply?.status);
    const wanted = deleted ? ['404'] : states;
    if (!wanted.includes(found)) throw new Error(`task ${id} is ${found}, and the model says ${wanted.join(' or ')}`);
  }
}

const create = (work: (seed: number) => object[]) => (seed: number) =>
  command(
    `create ${seed}`,
    () => true,
    async (model, { load }) => {
      const wish = await load.next({ operations: work(seed + model.length), ends: ['ok', 'cancelled'] });
      model.push({ id: await load.insist(wish), wish, states: live, deleted: false });
    },
  );

/** Whoever asks under the same key again is told of the same task, whatever became of it. */
const repeat = (which: number): Command =>
  command(
    `repeat ${which}`,
    (model) => pick(model, which)?.wish.manner !== undefined && pick(model, which)?.wish.manner !== 'put',
    async (model, { load, expect }) => {
      const task = pick(model, which);
      if (task) expect((await load.insist(task.wish)) === task.id, `a repetition made another task than ${task.id}`);
    },
  );

/** POST to a controller of a task, or DELETE: what the answers may be says what the task may be. */
const change = (what: 'cancel' | 'retry' | 'delete') => (which: number) =>
  command(
    `${what} ${which}`,
    (model) => model.length > 0,
    async (model, { load }) => {
      const task = pick(model, which);
      if (task === undefined) return;
      const path = `/images/tasks/${task.id}`;
      const reply = what === 'delete' ? await load.ask('DELETE', path) : await load.ask('POST', `${path}/${what}`);
      const status = reply?.status ?? 0;
      if (task.deleted ? status !== 404 : ![200, 202, 204, 409].includes(status))
        throw new Error(`${what} of task ${task.id}, deleted: ${task.deleted}, answered ${status}`);
      if (status === 204) task.deleted = task.wish.forgotten = true;
      else if (status < 300 && what === 'cancel')
        task.states = status === 200 ? ['cancelled'] : ['pending', 'cancelled'];
      else if (status < 300) task.states = live;
      // Refused: it had ended as ok, or (a retry) has not ended yet or is ok.
      else if (status === 409 && what === 'cancel') task.states = task.states.filter((state) => state !== 'pending');
    },
  );

const killWorker = command(
  'kill the worker',
  (model) => model.length > 0,
  async (_model, scene) => scene.kill([await scene.program.pidOf('worker')]),
);

const killAll = command(
  'kill all',
  (model) => model.length > 0,
  async (_model, scene) => {
    const family = scene.program.family();
    scene.kill(family);
    await scene.gone(family);
    await scene.program.exited;
    await scene.restart();
  },
);

const runs = 6;

export const model: Drill = {
  name: 'model',
  summary: `${runs} times a random walk of creating, repeating, cancelling, retrying, deleting and killing, beside a model of it`,
  seconds: 25,
  async run(scene) {
    scene.allowances.crashes = true;
    await scene.start();
    const whole = fc.nat({ max: 1_000 });
    const commands = fc.commands(
      [
        ...[whole.map(create(light)), whole.map(create(heavy)), whole.map(repeat), whole.map(repeat)],
        ...[whole.map(change('cancel')), whole.map(change('retry')), whole.map(change('delete'))],
        ...[whole.map(change('cancel')), whole.map(change('retry'))],
        fc.constantFrom(killWorker, killAll),
      ],
      { maxCommands: 20, size: 'max' },
    );
    const walk = fc.asyncProperty(commands, (walked) => fc.asyncModelRun(() => ({ model: [], real: scene }), walked));
    const limits = { numRuns: runs, unbiased: true, interruptAfterTimeLimit: 90_000 * scene.slowness };
    const details = await fc.check(walk, { seed: scene.chance.between(0, 2 ** 31), ...limits });
    scene.expect(!details.failed || details.interrupted, fc.defaultReportMessage(details) ?? '');
    await scene.recovered(performance.now());
  },
};
