import type { Collector } from '../collector.ts';
import { createDisk } from './disk/disk.ts';
import { createIpv6 } from './ipv6/ipv6.ts';
import { createNetwork } from './network/network.ts';
import { createPath, type PathOptions } from './path/path.ts';
import { createSystem } from './system/system.ts';

/** Every collector of the agent, with nothing sampled yet. */
export function createCollectors(options: PathOptions = {}): Collector[] {
  return [createSystem(), createDisk(), createNetwork(), createIpv6(), createPath(options)];
}
