import type { AnyCollector } from '../collector.ts';
import { createCellular } from './cellular/cellular.ts';
import { createDisk } from './disk/disk.ts';
import { createIpv6 } from './ipv6/ipv6.ts';
import { createLease } from './lease/lease.ts';
import { createNetwork } from './network/network.ts';
import { createPath, type PathOptions } from './path/path.ts';
import { createResolver } from './resolver/resolver.ts';
import { createSystem } from './system/system.ts';
import { createWifi, type WifiOptions } from './wifi/wifi.ts';

/** What collectors need of the agent. */
export type CollectorOptions = WifiOptions & PathOptions;

/** Of an agent that does not run: nobody has a pseudonym. */
const noAgent: CollectorOptions = { pseudonym: () => undefined, directory: '/tmp' };

/** Every collector of the agent, with nothing sampled yet. */
export function createCollectors(options: CollectorOptions = noAgent): AnyCollector[] {
  return [
    ...[createSystem(), createDisk(), createNetwork(), createIpv6(options)],
    ...[createWifi(options), createCellular(), createPath(options), createResolver(), createLease()],
  ];
}
