import { deviceIdFrom, isDeviceId } from '../contract/ids.ts';
import type { Home } from '../runtime/home.ts';
import { handedOver } from './hand-over.ts';

/**
 * The id of the agent that runs beside this gateway: what it is called already, else the machine's name as an id.
 * A machine that is renamed later keeps its id, and so its history.
 */
export function localDeviceId(home: Home, site: string, hostname: string): string {
  const [knownSite, known] = handedOver(home, 'agent')?.username.split('/') ?? [];
  if (knownSite === site && known !== undefined && isDeviceId(known)) return known;
  return deviceIdFrom(hostname);
}
