import { addressBlock, addressPrefix } from '../access/network-address.ts';
import type { JoinRequest } from '../registry/join-requests.ts';

type Waiting = Pick<JoinRequest, 'id' | 'device' | 'address'>;

/**
 * Which of those that wait gives its place to a newcomer when all places are taken: the oldest of the address that has the most, in the network that has
 * the most. Whoever fills the queue from a few addresses, or from many of one network, so displaces himself and not a box of another room.
 * @param waiting by age
 * @returns undefined where nobody has more than the newcomer would have
 */
export function whoMakesRoom<T extends Waiting>(waiting: readonly T[], newcomer: string): T | undefined {
  const networks = Map.groupBy(waiting, ({ address }) => addressPrefix(address));
  const own = networks.get(addressPrefix(newcomer)) ?? [];
  const fullest = largest(networks);
  if (fullest.length > own.length + 1) return largest(byAddress(fullest))[0];
  const addresses = byAddress(own);
  const ofAddress = addresses.get(addressBlock(newcomer))?.length ?? 0;
  const fullestAddress = largest(addresses);
  return fullestAddress.length > ofAddress + 1 ? fullestAddress[0] : undefined;
}

function byAddress<T extends Waiting>(waiting: readonly T[]): Map<string, T[]> {
  return Map.groupBy(waiting, ({ address }) => addressBlock(address));
}

function largest<T>(groups: ReadonlyMap<string, readonly T[]>): readonly T[] {
  return [...groups.values()].reduce<readonly T[]>((most, group) => (group.length > most.length ? group : most), []);
}
