import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../../../agent/metric.ts';
import { Outbox, type OutboxOptions } from '../../../agent/outbox/outbox.ts';
import type { DeviceEvent } from '../../../contract/event.ts';
import type { Telemetry } from '../../../contract/telemetry.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { recordingLog } from '../recording-log.ts';
import { makeTree } from '../tree.ts';

/** A gateway that can be away, be slow or answer; it remembers what it has acknowledged. */
export class Gateway {
  readonly acknowledged: Telemetry[] = [];
  readonly events: DeviceEvent[] = [];
  readonly #waiting: ((answer: boolean) => void)[] = [];
  sent = 0;
  state: 'away' | 'silent' | 'answers' = 'away';

  readonly isConnected = () => this.state !== 'away';

  readonly publish = async (channel: string, payload: string): Promise<boolean> => {
    if (this.state === 'away') return false;
    this.sent += 1;
    const answer = this.state === 'answers' || (await new Promise<boolean>((resolve) => this.#waiting.push(resolve)));
    if (answer) (channel === 'event' ? this.events : this.acknowledged).push(JSON.parse(payload));
    return answer;
  };

  /** Answers, or loses, everything that waits. */
  settle(answer: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(answer);
  }

  /** The values received, by boot and in order of receipt. */
  values(boot: string): unknown[] {
    return this.acknowledged
      .filter((telemetry) => telemetry.boot === boot)
      .flatMap(({ metrics }) => metrics.map(({ fields }) => fields['value']));
  }

  eventTypes(): string[] {
    return this.events.map(({ type }) => type);
  }
}

/** A clock whose time is known or not as the test says; the monotonic one is that of this process. */
export class TestClock {
  /** What to add to monotonic times, by start of the machine. */
  readonly offsets = new Map<string, number>([['start-one', Date.now() - performance.now()]]);
  ready = true;
  settled = true;
  exact = true;
  /** The gateway's clock less the right time, ms. */
  gatewayAhead = 0;

  look(): void {}

  offsetOf(machineBoot: string): number | undefined {
    return this.offsets.get(machineBoot);
  }

  now(): number {
    return Date.now();
  }

  gatewayNow(): number {
    return Date.now() + this.gatewayAhead;
  }
}

export const sample = (value: number, text = ''): Sample => ({
  name: 'm',
  tags: {},
  fields: { value, text },
  at: Math.round(performance.now()),
});

/** An outbox in a directory of its own, as the agent wires it. */
export function makeOutbox(gateway: Gateway, options: Partial<OutboxOptions> = {}) {
  const dir = options.dir ?? makeTree({});
  const { log, lines } = recordingLog();
  const clock = new TestClock();
  const outbox = new Outbox({
    dir,
    maxBytes: 64 * 1024 * 1024,
    durability: 'auto',
    replayMessagesPerSecond: 1000,
    boot: 'boot-one',
    machineBoot: 'start-one',
    clock,
    monotonicMs: () => performance.now(),
    log,
    isConnected: gateway.isConnected,
    publish: gateway.publish,
    ...options,
  });
  return { outbox, dir, clock, lines, file: join(dir, 'outbox.sqlite'), eventsFile: join(dir, 'outbox-events.sqlite') };
}

/** Messages in the file of an outbox; none while it is being made. */
export function onDisk(file: string): number {
  if (!existsSync(file)) return 0;
  let reader: QueueReader;
  try {
    reader = new QueueReader(file);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no such table')) return 0;
    throw error;
  }
  try {
    return reader.read(0, { messages: 100_000, bytes: 1e9 }).length;
  } finally {
    reader.close();
  }
}

export const soon = { timeout: 8000, interval: 20 };
