import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { AnsweredCommand } from '../../../contract/command.ts';
import type { ThroughputArguments } from '../../../contract/throughput.ts';
import type { CommandKind, Order } from '../../../gateway/commands/command-kind.ts';
import { commandTimes } from '../../../gateway/commands/command-status.ts';
import { Commands } from '../../../gateway/commands/commands.ts';
import type { Registry } from '../../../gateway/registry/registry.ts';
import type { Clock } from '../registry/temporary-registry.ts';

/** A command as it went to a device. */
export interface SentCommand {
  topic: string;
  command: AnsweredCommand;
}

export const throughputArguments: ThroughputArguments = {
  ...{ port: 5201, families: ['ipv4', 'ipv6'], directions: ['up', 'down'], bytes: 1_000_000, seconds: 10 },
};

export interface MakeCommandsOptions {
  times?: Partial<Record<keyof typeof commandTimes, number>>;
  prepare?: CommandKind['prepare'];
  runWithinMs?: number;
}

/** Commands over a registry, whose measurements need no server; `released` counts those that came to their end. */
export function makeCommands(
  registry: Registry,
  clock: Clock,
  { times = {}, prepare, runWithinMs = 60_000 }: MakeCommandsOptions = {},
): { commands: Commands; sent: SentCommand[]; released: () => number } {
  const sent: SentCommand[] = [];
  let released = 0;
  let made = 0;
  const release = (): void => {
    released += 1;
  };
  const kind = (order: Order): CommandKind => ({
    exclusive: true,
    check: () => undefined,
    prepare: prepare ?? (async () => ({ order, runWithinMs, release })),
  });
  const commands = new Commands({
    table: registry.commands,
    devices: registry.devices,
    kinds: {
      throughput: kind({ command: 'throughput', arguments: throughputArguments }),
      check: kind({ command: 'check', arguments: { throughput: throughputArguments } }),
    },
    publish: (topic, payload) => void sent.push({ topic, command: JSON.parse(String(payload)) as AnsweredCommand }),
    newId: () => {
      made += 1;
      return `command-${made}`;
    },
    now: clock.now,
    monotonicMs: clock.now,
    log: pino({ enabled: false }),
    times: { ...commandTimes, ...times },
  });
  onTestFinished(() => commands.close());
  return { commands, sent, released: () => released };
}

/** Makes devices with an agent that is online. */
export function bringOnline(registry: Registry, clock: Clock, ...ids: string[]): void {
  for (const id of ids) {
    const state = { online: true, since: clock.now(), boot: 'boot-one', version: '0.1.0' };
    registry.devices.setState('school', id, state, clock.now());
    registry.devices.setConnected('school', id, true, clock.now());
  }
}
