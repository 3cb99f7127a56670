import { setTimeout as delay } from 'node:timers/promises';
import { integerBetween } from '../support/random.ts';
import type { FaultRun } from './scenario.ts';

/** A process that is killed lives this long before, ms. */
const LIVES_MS = [100, 2500] as const;
/** Every so many kills one comes while the process is still starting, this long after its launch, ms. */
const WHILE_STARTING_EVERY = 5;
const STARTING_MS = [20, 900] as const;

export interface Victim {
  kill: () => Promise<void>;
  launch: () => Promise<void> | void;
  /** Waits until it does its work again. */
  ready: () => Promise<void>;
}

/** Kills a process (kill -9) at random moments, as often as the run asks for, and leaves it running. */
export async function killAtRandom(run: FaultRun, what: string, victim: Victim): Promise<void> {
  const { kills } = run.effort;
  for (let count = 1; count <= kills; count++) {
    const starting = count % WHILE_STARTING_EVERY === 0;
    const [low, high] = starting ? STARTING_MS : LIVES_MS;
    if (!starting) await victim.ready();
    await delay(integerBetween(run.random, low, high));
    await victim.kill();
    if (run.ended) return;
    run.say(`${what} killed, ${count} of ${kills}`);
    await victim.launch();
  }
  await victim.ready();
}
