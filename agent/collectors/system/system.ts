import { Type } from '#typebox';
import { system } from '../../../contract/measurements/system.ts';
import type { Collector, Reading } from '../../collector.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { parseLoadavg, parseUptime } from './load.ts';
import { parseMeminfo } from './meminfo.ts';
import { type CpuTimes, cpuPercentages, parseStat } from './stat.ts';
import { readTemperature } from './temperature.ts';

type SystemReading = Reading<typeof system>;

/** CPU, memory, load, temperature and processes of the machine. CPU percentages are over the time since the last sample. */
export function createSystem(): Collector {
  let before: CpuTimes | undefined;
  return {
    name: 'system',
    defaultIntervalSeconds: 10,
    configSchema: Type.Object({}),
    async collect(host) {
      const stat = await readParsed(host, '/proc/stat', parseStat);
      if (stat === undefined) return { notPresent: '/proc is not mounted' };
      const fields: SystemReading = {
        ...cpuReading(before, stat.cpu),
        cpu_count: stat.cpuCount === 0 ? undefined : stat.cpuCount,
        process_running_count: stat.processesRunning,
        process_blocked_count: stat.processesBlocked,
        process_count: await countProcesses(host),
        ...(await readParsed(host, '/proc/loadavg', parseLoadavg)),
        uptime_seconds: await readParsed(host, '/proc/uptime', parseUptime),
        ...(await memoryReading(host)),
        temperature_celsius: await readTemperature(host),
      };
      before = stat.cpu;
      return [{ name: system.name, tags: {}, fields }];
    },
  };
}

function cpuReading(before: CpuTimes | undefined, now: CpuTimes): SystemReading {
  const percent = before === undefined ? undefined : cpuPercentages(before, now);
  if (percent === undefined) return {};
  const { idle = 0, iowait = 0 } = percent;
  return {
    cpu_usage_percent: Math.max(0, 100 - idle - iowait),
    cpu_user_percent: percent.user,
    cpu_nice_percent: percent.nice,
    cpu_system_percent: percent.system,
    cpu_idle_percent: percent.idle,
    cpu_iowait_percent: percent.iowait,
    cpu_irq_percent: percent.irq,
    cpu_softirq_percent: percent.softirq,
    cpu_steal_percent: percent.steal,
  };
}

async function memoryReading(host: Host): Promise<SystemReading> {
  const memory = await readParsed(host, '/proc/meminfo', parseMeminfo);
  if (memory === undefined) return {};
  return {
    memory_total_bytes: memory.total,
    memory_available_bytes: memory.available,
    memory_free_bytes: memory.free,
    memory_buffers_bytes: memory.buffers,
    memory_cached_bytes: memory.cached,
    memory_used_percent: usedPercent(memory.total, memory.available),
    swap_total_bytes: memory.swapTotal,
    swap_free_bytes: memory.swapFree,
    swap_used_percent: usedPercent(memory.swapTotal, memory.swapFree),
  };
}

function usedPercent(total: number | undefined, free: number | undefined): number | undefined {
  return total === undefined || free === undefined || total === 0 ? undefined : (100 * (total - free)) / total;
}

async function countProcesses(host: Host): Promise<number | undefined> {
  const names = await host.readDir('/proc');
  return names?.filter((name) => /^\d+$/.test(name)).length;
}
