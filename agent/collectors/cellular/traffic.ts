import type { Host } from '../../host/host.ts';
import { parseAttributeCount } from '../network/link.ts';
import type { Modem } from './discover.ts';
import type { ModemFacts } from './facts.ts';

/** Counter steps over shorter times say more of the clock than of the link. */
const INTERVAL_MIN_MS = 100;

interface Counters {
  interface: string;
  rxBytes: number;
  txBytes: number;
  /** Monotonic milliseconds. */
  at: number;
}

/** What the kernel counts on the modem's network interface. */
export interface Traffic extends Pick<ModemFacts, 'rxBytes' | 'txBytes' | 'rxBitsPerSecond' | 'txBitsPerSecond'> {
  interface: string;
}

/**
 * Counts bytes by the kernel rather than by the modem, whose counters cost a command and, on some, a write to its flash.
 * @returns a function that reads the counters of a modem's interface, with rates since the sample before; undefined where it has no interface
 */
export function createTraffic(): (host: Host, modem: Modem) => Promise<Traffic | undefined> {
  const before = new Map<string, Counters>();
  return async (host, modem) => {
    const now = await readCounters(host, modem);
    const last = before.get(modem.key);
    if (now === undefined) {
      before.delete(modem.key);
      return undefined;
    }
    before.set(modem.key, now);
    const { rxBytes, txBytes } = now;
    return { interface: now.interface, rxBytes, txBytes, ...ratesBetween(last, now) };
  };
}

/** A counter that went backwards was reset: its rate is unknown. */
function ratesBetween(last: Counters | undefined, now: Counters): Partial<Traffic> {
  if (last === undefined || last.interface !== now.interface || now.at - last.at < INTERVAL_MIN_MS) return {};
  const perSecond = (step: number): number | undefined => (step < 0 ? undefined : (step * 8000) / (now.at - last.at));
  return {
    rxBitsPerSecond: perSecond(now.rxBytes - last.rxBytes),
    txBitsPerSecond: perSecond(now.txBytes - last.txBytes),
  };
}

async function readCounters(host: Host, modem: Modem): Promise<Counters | undefined> {
  const name = await findInterface(host, modem.key);
  if (name === undefined) return undefined;
  const read = async (counter: string): Promise<number | undefined> => {
    const path = `/sys/class/net/${name}/statistics/${counter}`;
    const text = await host.readFile(path);
    return text === undefined ? undefined : parseAttributeCount(text.trim(), path);
  };
  const [rxBytes, txBytes] = [await read('rx_bytes'), await read('tx_bytes')];
  if (rxBytes === undefined || txBytes === undefined) return undefined;
  return { interface: name, rxBytes, txBytes, at: host.monotonicMs() };
}

/** The network interface on one of the USB device's interfaces, or that of the WWAN framework, which has the modem's name. */
async function findInterface(host: Host, key: string): Promise<string | undefined> {
  const entries = (await host.readDir(`/sys/bus/usb/devices/${key}`)) ?? [];
  for (const entry of entries.filter((name) => name.startsWith(`${key}:`))) {
    const [name] = (await host.readDir(`/sys/bus/usb/devices/${key}/${entry}/net`)) ?? [];
    if (name !== undefined) return name;
  }
  return (await host.readDir(`/sys/class/net/${key}`)) === undefined ? undefined : key;
}
