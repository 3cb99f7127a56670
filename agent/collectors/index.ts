import type { AnyCollector } from '../collector.ts';
import { createCellular } from './cellular/cellular.ts';
import { createDisk } from './disk/disk.ts';
import { createIpv6 } from './ipv6/ipv6.ts';
import { createNetwork } from './network/network.ts';
import { createSystem } from './system/system.ts';

/** Every collector of the agent, with nothing sampled yet. */
export function createCollectors(): AnyCollector[] {
  return [createSystem(), createDisk(), createNetwork(), createIpv6(), createCellular()];
}
