import { Webhook } from 'standardwebhooks';
import { type Evidence, type TaskRow } from './evidence.js';
import { type Entry } from './ledger.js';
import { secret, type Wish } from './wishes.js';

/** What must hold after every drill, whatever was broken meanwhile. */
export const invariants = {
  I1: 'every task that was accepted has ended, as it may end',
  I2: 'what was asked for once is there once, and every answer names the same task',
  I3: 'every task that is ok has one outcome, whose bytes are there and are the right ones',
  I4: 'no blob without a row, no row without its blob, no file in the making',
  I5: 'events rise, end once, and say what the database says',
  I6: 'every end of a task that has a callback is told: one alert, signed, the same webhook-id at each attempt',
  I7: "what is counted against an owner's quota is what the owner has stored",
  I8: 'no answer but those that are declared, of 5xx 503 and 507 alone, with Retry-After, and none takes too long',
  I9: 'no job is left, and none is held by a dead worker',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  invariant: Invariant;
  detail: string;
}

export interface Allowances {
  /** The longest that an answer may take, ms. */
  answerMs: number;
  /** The clock of whoever signs is right. */
  clock: boolean;
  /** Alerts may fail to arrive: their receiver wants none. */
  undelivered?: boolean;
  /** Workers die so often that a task may have met three of them, which is the task's own fault then. */
  crashes?: boolean;
}

/** Holds what the client was told against what there is. None where all is well. */
export function check(evidence: Evidence, allowances: Allowances): Violation[] {
  const found: Record<Invariant, string[]> = {
    I1: unended(evidence, allowances),
    I2: doubled(evidence),
    I3: wrongOutcomes(evidence),
    I4: misplacedBytes(evidence),
    I5: wrongEvents(evidence),
    I6: untold(evidence, allowances),
    I7: evidence.usage.flatMap(({ owner, counted, stored }) =>
      counted === stored ? [] : [`${counted} bytes are counted of ${owner}, who has stored ${stored}`],
    ),
    I8: evidence.ledger.entries.flatMap((entry) => wrongAnswer(entry, allowances)),
    I9: evidence.jobs.flatMap(({ id, name, orphaned, exhausted, error }) => [
      ...(orphaned ? [`job ${id} (${name}) is held by a dead worker`] : []),
      ...(exhausted ? [`job ${id} (${name}) is not tried again: ${error}`] : []),
      ...(name !== 'sweep' && !orphaned && !exhausted ? [`job ${id} (${name}) is left`] : []),
    ]),
  };
  return (Object.keys(invariants) as Invariant[]).flatMap((invariant) =>
    found[invariant].map((detail) => ({ invariant, detail })),
  );
}

/** Tasks of a wish, by what marks it. */
export function tasksOf({ mark }: Wish, tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.filter(({ marks }) => marks.includes(mark));
}

/** Accepted, and not at its end. */
export function lost({ ledger, tasks }: Pick<Evidence, 'ledger' | 'tasks'>): string[] {
  const ended = new Set(tasks.filter(({ state }) => state !== 'pending').map(({ id }) => id));
  const accepted = [...acceptedIds(ledger.entries)].filter(([, key]) => !ledger.wishes.get(key)?.forgotten);
  return accepted.filter(([id]) => !ended.has(id)).map(([, key]) => key);
}

/** Wishes that have more than one task. */
export function surplus({ ledger, tasks }: Pick<Evidence, 'ledger' | 'tasks'>): Wish[] {
  return [...ledger.wishes.values()].filter((wish) => tasksOf(wish, tasks).length > 1);
}

function acceptedIds(entries: readonly Entry[]): Map<string, string> {
  return new Map(entries.flatMap(({ task, key }) => (task !== undefined && key !== undefined ? [[task, key]] : [])));
}

function unended(evidence: Evidence, { crashes = false }: Allowances): string[] {
  const { ledger, tasks } = evidence;
  const accepted = acceptedIds(ledger.entries);
  const never = [...ledger.wishes.keys()].filter((key) => ![...accepted.values()].includes(key));
  return [
    ...never.map((key) => `${key} was never accepted`),
    ...lost(evidence).map((key) => `${key} was accepted and has not ended`),
    ...tasks.flatMap(({ id, state, problem }) => {
      const wish = ledger.wishes.get(accepted.get(id) ?? '');
      const end = problem ?? state;
      if (crashes && end === 'crashed') return [];
      if (state === 'pending') return accepted.has(id) ? [] : [`task ${id}, whose caller saw no answer, has not ended`];
      return wish && !wish.ends.includes(end)
        ? [`${wish.key} ended as ${end}, and is to be ${wish.ends.join(' or ')}`]
        : [];
    }),
  ];
}

function doubled({ ledger, tasks }: Evidence): string[] {
  const named = Map.groupBy(
    ledger.entries.filter(({ task }) => task !== undefined),
    ({ key }) => key ?? '',
  );
  const wishes = [...ledger.wishes.values()];
  const strangers = tasks.filter(({ marks }) => !wishes.some(({ mark }) => marks.includes(mark)));
  return [
    ...wishes.flatMap((wish) => {
      const count = tasksOf(wish, tasks).length;
      const ids = new Set(named.get(wish.key)?.map(({ task }) => task));
      return [
        ...(count > 1 ? [`${wish.key} has ${count} tasks`] : []),
        ...(ids.size > 1 ? [`${wish.key} was told of ${ids.size} tasks`] : []),
      ];
    }),
    ...strangers.map(({ id }) => `task ${id} was never asked for`),
  ];
}

function wrongOutcomes({ tasks, outcomes, blobs }: Evidence): string[] {
  const stored = new Map(blobs.map((blob) => [blob.name, blob]));
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const wanted = new Map(tasks.map(({ id, outcomeId }) => [id, outcomeId]));
  const missing = tasks
    .filter(({ state }) => state === 'ok')
    .flatMap(({ id, outcomeId, outcomeDigest }) => {
      const outcome = byId.get(outcomeId ?? '');
      if (outcome === undefined) return [`task ${id} is ok and has no outcome`];
      const blob = stored.get(outcome.digest);
      if (blob === undefined) return [`the bytes of outcome ${outcome.id} are not there`];
      const right = blob.sha256 === outcome.digest && blob.bytes === outcome.bytes && outcome.digest === outcomeDigest;
      return right ? [] : [`the bytes of outcome ${outcome.id} are others`];
    });
  // What a task has made may outlive it.
  const surplus = outcomes.filter(({ id, taskId }) => wanted.has(taskId) && wanted.get(taskId) !== id);
  return [...missing, ...surplus.map(({ id, taskId }) => `outcome ${id} of task ${taskId} is one too many`)];
}

function misplacedBytes({ referred, blobs, temporary }: Evidence): string[] {
  const [names, wanted] = [new Set(blobs.map(({ name }) => name)), new Set(referred)];
  return [
    ...[...names].filter((name) => !wanted.has(name)).map((name) => `blob ${name} belongs to nothing`),
    ...[...wanted].filter((digest) => !names.has(digest)).map((digest) => `blob ${digest} is missing`),
    ...blobs.filter(({ name, sha256 }) => name !== sha256).map(({ name }) => `blob ${name} has other bytes`),
    ...temporary.map((name) => `file ${name} is in the making by nobody`),
  ];
}

function wrongEvents({ told, tasks, received }: Evidence): string[] {
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  return told.flatMap(({ task, ids, ends }) => {
    const webhooks = received.map(({ body }) => stateIn(body)).filter(({ id }) => id === task);
    return [
      ...(ids.some((id, at) => id <= (ids[at - 1] ?? 0)) ? [`events of task ${task} do not rise: ${ids.join()}`] : []),
      ...(ends.length === 1 ? [] : [`events of task ${task} have ended ${ends.length} times`]),
      ...(ends.some((end) => end !== states.get(task)) ? [`events of task ${task} end as ${ends.join()}`] : []),
      ...(webhooks.some(({ state }) => state !== ends[0]) ? [`task ${task}: callback and events differ`] : []),
    ];
  });
}

function stateIn(body: string): { id?: string; state?: string } {
  const { data } = JSON.parse(body) as { data: { id: string; state: string } };
  return data;
}

function untold({ tasks, alerts, received }: Evidence, allowances: Allowances): string[] {
  const ofTask = Map.groupBy(alerts, ({ taskId }) => taskId);
  const arrived = Map.groupBy(received, ({ headers }) => headers['webhook-id'] ?? '');
  const perTask = tasks
    .filter(({ state }) => state !== 'pending')
    .flatMap(({ id, state, told, round }) => {
      const mine = ofTask.get(id) ?? [];
      const ends = new Set(mine.map((alert) => alert.round));
      if (!told) return mine.length === 0 ? [] : [`task ${id} has no callback and ${mine.length} alerts`];
      const last = mine.find((alert) => alert.round === round);
      if (last === undefined) return [`the end of task ${id} has no alert`];
      return [
        ...(ends.size < mine.length ? [`task ${id} has several alerts of one end`] : []),
        ...(last.type === `task.${state}` ? [] : [`the alert of task ${id} says ${last.type}, and it is ${state}`]),
      ];
    });
  const perAlert = alerts.flatMap(({ id, state, deliveries }) => {
    const times = arrived.get(id)?.length ?? 0;
    return [
      ...(state === 'delivered' || allowances.undelivered ? [] : [`alert ${id} is ${state}`]),
      ...(state === 'delivered' && times === 0 ? [`alert ${id} is called delivered, and has not arrived`] : []),
      ...(times > deliveries ? [`alert ${id} arrived ${times} times in ${deliveries} deliveries`] : []),
    ];
  });
  const known = new Set(alerts.map(({ id }) => id));
  const strangers = [...arrived.keys()].filter((id) => !known.has(id)).map((id) => `a callback of no alert: ${id}`);
  return [...perTask, ...perAlert, ...strangers, ...received.flatMap((each) => wrongSignature(each, allowances))];
}

/** Standard Webhooks: a receiver refuses what was signed longer ago, or later, than this, seconds. */
const toleranceSeconds = 300;

function wrongSignature({ time, path, headers, body }: Evidence['received'][number], { clock }: Allowances): string[] {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': given = '' } = headers;
  // By the public library, at the time that is signed: its `verify` would hold it against the time of this check.
  const signed = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body);
  const late = Math.abs(time / 1000 - Number(timestamp));
  return [
    ...(given.split(' ').includes(signed) ? [] : [`the signature of ${path} is wrong`]),
    ...(clock && !(late < toleranceSeconds) ? [`${path} was signed ${Math.round(late)} s from when it came`] : []),
  ];
}

function wrongAnswer(
  { method, path, status = 0, retryAfter, undeclared, error, ms }: Entry,
  { answerMs }: Allowances,
): string[] {
  const what = `${method} ${path} → ${status || error}`;
  return [
    ...(undeclared === undefined ? [] : [undeclared]),
    ...(status >= 500 && status !== 503 && status !== 507 ? [what] : []),
    ...(status === 503 && retryAfter === undefined ? [`${what} without Retry-After`] : []),
    ...(ms > answerMs ? [`${what} after ${ms} ms`] : []),
  ];
}
