import { type Postgres } from './postgres.js';

/** What a benchmark is given. */
export interface Bench {
  /** A folder of the run, removed after it. */
  readonly folder: string;
  readonly postgres: Postgres;
  /** Aborted on Ctrl-C: whoever waits then throws. */
  readonly signal: AbortSignal;
  /** Where the service leaves CPU profiles, if it is to. */
  readonly profileFolder: string | undefined;
  /** How many rows a table has in turn, where the run was asked for other numbers than the usual ones. */
  readonly rows: readonly number[] | undefined;
  /** How long soak lasts, where the run was asked for another time than the usual one. */
  readonly seconds: number | undefined;
  /** Says how far it is. */
  readonly note: (progress: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  readonly run: (bench: Bench) => Promise<Figure[]>;
}

/** One thing that was measured. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** One a round, in the order in which they were measured. */
  readonly values: readonly number[];
  /** What the median is to reach, to stay under, or to lie between, both included. */
  readonly aim?:
    { readonly atLeast: number } | { readonly under: number } | { readonly within: readonly [number, number] };
}

export interface Result {
  readonly name: string;
  readonly figures: readonly Figure[];
}
