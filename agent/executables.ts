import type { AnsweredCommand } from '../contract/command.ts';
import { CampusError } from '../contract/errors.ts';
import { ROOM_CHECK_SECONDS, type RoomCheckArguments } from '../contract/room-check.ts';
import type { CollectedMetric } from './collector.ts';
import type { Executable } from './command-runner.ts';
import type { AgentConfig } from './config.ts';
import type { Host } from './host/host.ts';
import { measureThroughput, throughputMaxMs, throughputMetrics } from './throughput/measure.ts';

export interface ExecutablesOptions {
  host: Host;
  /** The URL to which the agent reports. */
  gateway: string;
  config: AgentConfig['agent'];
  /** Takes what was measured. */
  emit: (metrics: CollectedMetric[]) => void;
}

/** The table of what a command may do on this box. Nothing else is ever carried out. */
export function createExecutables(options: ExecutablesOptions): (command: AnsweredCommand) => Executable {
  const { host, gateway, config, emit } = options;
  return (command) => {
    switch (command.command) {
      case 'throughput':
        return {
          limitMs: throughputMaxMs(command.arguments),
          execute: async (context) => {
            if (!config.throughput.enabled) {
              throw new CampusError('command_unsupported', 'agent.throughput.enabled is false on this device');
            }
            const result = await measureThroughput(command.arguments, { host, gateway, ...context });
            emit(throughputMetrics(result));
            return result;
          },
        };
      case 'check':
        return {
          limitMs: checkMaxMs(command.arguments),
          execute: async (context) => {
            // Loaded only now: most agents never check a room.
            const { checkOnCommand } = await import('./check/commanded-check.ts');
            return checkOnCommand(command.arguments, { host, gateway, config, emit, ...context });
          },
        };
    }
  };
}

/** The longest that a check may take, ms. Each family looks for the server of the throughput by itself. */
function checkMaxMs({ throughput }: RoomCheckArguments): number {
  const families = throughput?.families.map((family) => throughputMaxMs({ ...throughput, families: [family] })) ?? [];
  return families.reduce((sum, ms) => sum + ms, ROOM_CHECK_SECONDS * 1000);
}
