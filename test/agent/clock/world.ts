import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { BootTimes } from '../../../agent/clock/boot-times.ts';
import { Clock } from '../../../agent/clock/clock.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { recordingLog } from '../recording-log.ts';
import { makeTree } from '../tree.ts';

/** The right time at the beginning of a test. */
export const right = Date.UTC(2026, 10, 24, 8);
/** The box started a minute before. */
const UP_MS = 60_000;

export interface World {
  /** How wrong the box's and the gateway's clock are, ms; undefined for a gateway that does not answer. */
  box: number;
  gateway: number | undefined;
  /** How long an answer of the gateway takes, ms. */
  rtt: number;
  connected: boolean;
  /** What the kernel says of NTP. */
  ntp: 'yes' | 'no';
  /** The box's files, by path. */
  files: Map<string, string>;
  changes: number;
  events: string[];
}

/** A box that is what the test says, in the test's time. */
export class Box extends LinuxHost {
  readonly #world: World;

  constructor(world: World, clocks: { monotonicMs: () => number; now: () => number }) {
    super(clocks);
    this.#world = world;
  }

  override async readFile(path: string): Promise<string | undefined> {
    return this.#world.files.get(path);
  }

  override async run(command: string): Promise<string | undefined> {
    return command === 'timedatectl' ? `${this.#world.ntp}\n` : undefined;
  }
}

/** A box and its gateway at eight o'clock. Needs faked timers. */
export async function makeWorld(options: Partial<World> = {}) {
  const world: World = {
    box: 0,
    gateway: 0,
    rtt: 4,
    connected: false,
    ntp: 'no',
    files: new Map([['/proc/sys/kernel/random/boot_id', 'start-one\n']]),
    changes: 0,
    events: [],
    ...options,
  };
  const startedAt = performance.now();
  const monotonicMs = () => performance.now() - startedAt + UP_MS;
  const rightNow = () => right + monotonicMs() - UP_MS;
  const host = new Box(world, { monotonicMs, now: () => rightNow() + world.box });
  const { log, lines } = recordingLog();
  const disk = join(makeTree({}), 'clock.json');
  const boots = await BootTimes.read(disk, host, () => '');
  const answer = (taken: (granted: boolean) => void, error: number): void => {
    const time = rightNow() + error;
    setTimeout(() => {
      taken(true);
      clock.told(time);
    }, world.rtt / 2);
  };
  const clock: Clock = new Clock({
    host,
    boots,
    ask: (taken) => {
      const error = world.gateway;
      if (!world.connected) taken(false);
      else if (error === undefined) taken(true);
      else setTimeout(() => answer(taken, error), world.rtt / 2);
    },
    onChange: () => void world.changes++,
    raise: ({ type }) => void world.events.push(type),
    log,
  });
  clock.start();
  onTestFinished(() => clock.stop());
  const connect = async () => {
    world.connected = true;
    clock.connected();
    await pass(20);
  };
  const step = async (box: number) => {
    world.box = box;
    clock.look();
    await pass(20);
  };
  /** How wrong a sample of this moment would be dated, ms. */
  const error = () => Math.round(monotonicMs() + (clock.offsetOf('start-one') ?? Number.NaN) - rightNow());
  return { world, clock, connect, step, error, lines, disk };
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
