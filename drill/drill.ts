import { type Scene } from './scene.js';

/** Something that is broken while tasks are asked for, and what must hold all the same. */
export interface Drill {
  name: string;
  /** What is injected. */
  summary: string;
  /** What it takes about, on two quiet cores: the longest begin first. */
  seconds: number;
  /** Injects its faults and returns when the last is over; what must hold after every drill is checked then (checker.ts). */
  run(scene: Scene): Promise<void>;
}
