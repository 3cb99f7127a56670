import { isIP } from 'node:net';
import type { Host } from '../../host/host.ts';

/** One address of each family: of an address itself, or of a name. Link-local ones lead nowhere without a zone. */
export async function addressesOf(host: Host, name: string): Promise<string[]> {
  if (isIP(name) !== 0) return [name];
  const usable = (await host.lookup(name)).filter((address) => !/^fe[89ab]/i.test(address));
  return [4, 6].flatMap((family) => usable.find((address) => isIP(address) === family) ?? []);
}
