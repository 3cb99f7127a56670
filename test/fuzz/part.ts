import type { Random } from '../support/random.ts';
import type { Target } from './target.ts';

/** How much of it: minutes in `npm run fuzz`, seconds in `npm test`. */
export interface Effort {
  /** Mutated MQTT packets and payloads, both together. */
  packets: number;
  requests: number;
  /** Connections that are opened and say nothing; twice as many log in. */
  connections: number;
  /** Failed log-ins. */
  logIns: number;
  /** How long connections are held, and floods last. */
  seconds: number;
}

export interface PartRun {
  target: Target;
  effort: Effort;
  random: Random;
  /** Told how far it is, now and then. */
  progress: (done: number, total: number) => void;
}

export interface PartOutcome {
  /** What was done and how the gateway answered, to be reported. */
  figures: Record<string, number>;
  /** What is not as it should be, in words. */
  failures: string[];
}

/** One kind of attack. */
export interface Part {
  /** As `--only` takes it. */
  name: string;
  title: string;
  run: (run: PartRun) => Promise<PartOutcome>;
}
