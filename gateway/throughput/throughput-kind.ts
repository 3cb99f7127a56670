import { throughputDirections, throughputFamilies } from '../../contract/throughput.ts';
import type { CommandKind } from '../commands/command-kind.ts';
import type { ThroughputConfig } from './throughput-config.ts';
import type { ThroughputGrant } from './throughput-grant.ts';

/** Measures the throughput of a device, one at a time in the school: two at once would share the links. */
export function throughputKind(grant: ThroughputGrant): CommandKind {
  return {
    exclusive: true,
    check: (key) => grant.check(key),
    prepare: async (_key, choice) => {
      const { arguments: args, ...held } = await grant.prepare(choice);
      return { order: { command: 'throughput', arguments: args }, ...held };
    },
  };
}

/** The most that one measurement carries, bytes. */
export function measurementMaxBytes({ bytes }: Pick<ThroughputConfig, 'bytes'>): number {
  return bytes * throughputFamilies.length * throughputDirections.length;
}
