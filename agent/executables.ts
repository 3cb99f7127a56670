import type { ThroughputCommand } from '../contract/command.ts';
import { CampusError } from '../contract/errors.ts';
import type { CollectedMetric } from './collector.ts';
import type { Executable } from './command-runner.ts';
import type { Host } from './host/host.ts';
import { measureThroughput, throughputMaxMs, throughputMetrics } from './throughput/measure.ts';
import type { ThroughputConfig } from './throughput/throughput-config.ts';

export interface ExecutablesOptions {
  host: Host;
  /** The URL to which the agent reports. */
  gateway: string;
  throughput: ThroughputConfig;
  /** Takes what was measured. */
  emit: (metrics: CollectedMetric[]) => void;
}

/** The table of what a command may do on this box. Nothing else is ever carried out. */
export function createExecutables(options: ExecutablesOptions): (command: ThroughputCommand) => Executable {
  const { host, gateway, throughput, emit } = options;
  return (command) => {
    switch (command.command) {
      case 'throughput':
        return {
          limitMs: throughputMaxMs(command.arguments),
          execute: async (context) => {
            if (!throughput.enabled) {
              throw new CampusError('command_unsupported', 'agent.throughput.enabled is false on this device');
            }
            const result = await measureThroughput(command.arguments, { host, gateway, ...context });
            emit(throughputMetrics(result));
            return result;
          },
        };
    }
  };
}
