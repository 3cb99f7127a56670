import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import type { LegitimateFigures } from './legitimate.ts';
import type { Effort, Part, PartOutcome } from './part.ts';
import type { Target } from './target.ts';

/** Those who do nothing wrong are served within this time, ms. */
const P99_MS = 500;
/** Memory comes back to what it was, and this share of it. */
const RSS_SHARE = 1.1;
/** How long the legitimate devices are looked at without an attack, ms. */
const QUIET_MS = 2000;
/** How long it may take to come back, ms: the gateway collects its garbage after a quiet minute (gateway/memory/give-back.ts), and no more often than every two. */
const SETTLE_MS = 150_000;

export interface PartResult extends PartOutcome {
  name: string;
  good: boolean;
  seconds: number;
  /** What the legitimate devices waited just before, when nobody attacked: how busy the machine is with other things. */
  quietP99Ms: number;
  legitimate: LegitimateFigures;
  rssBeforeMb: number;
  rssAfterMb: number;
}

export interface RunPartOptions {
  target: Target;
  part: Part;
  effort: Effort;
  random: Random;
  progress: (done: number, total: number) => void;
}

/**
 * Runs one kind of attack while devices report, and looks what it did to them and to the gateway. A tenth of it comes before, so that what is measured is not
 * the memory that a gateway takes when it does something for the first time.
 */
export async function runPart({ target, part, effort, random, progress }: RunPartOptions): Promise<PartResult> {
  const { gateway, legitimate } = target;
  const quiet = { target, random, progress: () => {} };
  await part.run({ ...quiet, effort: shareOf(effort, 0.1) });
  await delay(1000);
  legitimate.begin();
  await delay(QUIET_MS);
  const { p99Ms: quietP99Ms } = await legitimate.figures();
  const rssBefore = gateway.rssBytes;
  legitimate.begin();
  const begun = performance.now();
  const outcome = await part.run({ target, effort, random, progress });
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const figures = await legitimate.figures();
  const rssAfter = await settledRss(target, rssBefore);
  const failures = [
    ...outcome.failures,
    ...(gateway.running ? [] : [`the gateway has ended:\n${gateway.log.slice(-2000)}`]),
    ...(legitimate.failure === undefined ? [] : [`a legitimate device: ${legitimate.failure.message}`]),
    ...(figures.p99Ms <= P99_MS ? [] : [`legitimate devices waited ${figures.p99Ms} ms (p99) for PUBACK`]),
    ...(figures.reconnects === 0 ? [] : [`legitimate devices were sent away ${figures.reconnects} times`]),
    ...(rssAfter <= rssBefore * RSS_SHARE ? [] : [`memory stayed at ${mb(rssAfter)} MB, from ${mb(rssBefore)} MB`]),
  ];
  return {
    ...{ name: part.name, good: failures.length === 0, seconds, failures, figures: outcome.figures },
    ...{ quietP99Ms, legitimate: figures, rssBeforeMb: mb(rssBefore), rssAfterMb: mb(rssAfter) },
  };
}

/** A part of the effort. */
export function shareOf(effort: Effort, share: number): Effort {
  const { packets, requests, connections, logIns, seconds } = effort;
  return {
    packets: Math.ceil(packets * share),
    requests: Math.ceil(requests * share),
    connections: Math.ceil(connections * share),
    logIns: Math.ceil(logIns * share),
    seconds: Math.ceil(seconds * share),
  };
}

/** The memory once it has come back, or what it is when it has not in time. */
async function settledRss({ gateway }: Target, before: number): Promise<number> {
  const deadline = performance.now() + SETTLE_MS;
  let rss = gateway.running ? gateway.rssBytes : 0;
  while (gateway.running && rss > before * RSS_SHARE && performance.now() < deadline) {
    await delay(500);
    rss = gateway.rssBytes;
  }
  return rss;
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
