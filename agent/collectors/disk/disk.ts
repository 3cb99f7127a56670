import { Type } from '#typebox';
import { disk } from '../../../contract/measurements/disk.ts';
import type { CollectedMetric, Collector, Reading } from '../../collector.ts';
import type { FileSystemUsage } from '../../host/host.ts';
import { parseMounts } from './mounts.ts';
import { selectMounts } from './select.ts';

/** Space and inodes of each file system that holds data. A mount that does not answer is left out. */
export function createDisk(): Collector {
  return {
    name: 'disk',
    defaultIntervalSeconds: 30,
    configSchema: Type.Object({}),
    async collect(host, _config, signal) {
      const table = await host.readFile('/proc/self/mounts');
      if (table === undefined) return { notPresent: '/proc is not mounted' };
      const metrics: CollectedMetric[] = [];
      for (const { device, mountPoint, type, options } of selectMounts(parseMounts(table))) {
        if (signal.aborted) break;
        const usage = await host.statfs(mountPoint);
        if (usage === undefined || usage.blocks === 0) continue;
        metrics.push({
          name: disk.name,
          tags: { mount: mountPoint, block_device: device, filesystem: type },
          fields: { ...usageReading(usage), read_only: options.includes('ro') },
        });
      }
      return metrics.length === 0 ? { notPresent: 'no file system holds data' } : metrics;
    },
  };
}

/** Used percent as df(1) counts it: of what ordinary users can have, so that the reserve of root is not "free". */
export function usageReading(usage: FileSystemUsage): Reading<typeof disk> {
  const { blockBytes, blocks, blocksFree, blocksAvailable, inodes, inodesFree } = usage;
  const used = blocks - blocksFree;
  return {
    total_bytes: blocks * blockBytes,
    used_bytes: used * blockBytes,
    free_bytes: blocksFree * blockBytes,
    available_bytes: blocksAvailable * blockBytes,
    used_percent: percent(used, used + blocksAvailable),
    ...(inodes === 0 ? {} : inodeReading(inodes, inodesFree)),
  };
}

function inodeReading(total: number, free: number): Reading<typeof disk> {
  return {
    inodes_total: total,
    inodes_used: total - free,
    inodes_free: free,
    inodes_used_percent: percent(total - free, total),
  };
}

function percent(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : (100 * part) / whole;
}
