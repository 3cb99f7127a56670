import { Type } from '#typebox';
import { agent } from '../contract/measurements/agent.ts';
import type { Collector, Reading } from './collector.ts';

/** What the agent counts about its own sending. */
export interface SendingCounts {
  outboxMessages: number;
  outboxBytes: number;
  outboxDropped: number;
  outboxUndated: number;
  published: number;
  connections: number;
  clockSource: string;
  /** Steps of the wall clock. */
  clockSteps: number;
  /** The wall clock less the gateway's, ms. */
  clockDifferenceMs: number | undefined;
}

/** The agent's own memory, CPU and outbox, as one more collector. */
export function createSelf(counts: () => SendingCounts): Collector {
  let before: { cpu: NodeJS.CpuUsage; at: number } | undefined;
  return {
    name: 'agent',
    defaultIntervalSeconds: 10,
    configSchema: Type.Object({}),
    async collect(host) {
      const at = host.monotonicMs();
      const cpu = process.cpuUsage();
      const now = counts();
      const fields: Reading<typeof agent> = {
        rss_bytes: process.memoryUsage.rss(),
        cpu_percent: before === undefined ? undefined : cpuPercent(before, { cpu, at }),
        outbox_messages: now.outboxMessages,
        outbox_bytes: now.outboxBytes,
        outbox_dropped: now.outboxDropped,
        outbox_undated: now.outboxUndated,
        published: now.published,
        reconnects: now.connections,
        clock_source: now.clockSource,
        clock_steps: now.clockSteps,
        clock_difference_ms: now.clockDifferenceMs === undefined ? undefined : Math.round(now.clockDifferenceMs),
      };
      before = { cpu, at };
      return [{ name: agent.name, tags: {}, fields }];
    },
  };
}

interface CpuSample {
  cpu: NodeJS.CpuUsage;
  at: number;
}

/** Microseconds of CPU in milliseconds of time; 100 % is one CPU. */
function cpuPercent(before: CpuSample, now: CpuSample): number | undefined {
  const used = now.cpu.user - before.cpu.user + now.cpu.system - before.cpu.system;
  return now.at > before.at ? used / 10 / (now.at - before.at) : undefined;
}
