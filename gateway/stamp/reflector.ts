import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { Admission, type StampRefusal } from './admission.ts';
import { stampLimits } from './limits.ts';
import { reflect } from './reflect.ts';
import { allowedSources } from './sources.ts';

/** What was done since the last report. */
export interface StampCounts {
  reflected: number;
  refused: Partial<Record<StampRefusal, number>>;
}

export interface ReflectorOptions {
  /** An address; undefined for every address of both families. */
  host: string | undefined;
  port: number;
  /** `gateway.stamp.sources`. */
  sources: readonly string[];
  /** The networks of this machine as CIDR, asked for again each minute. */
  ownNetworks: () => string[];
  /** Told each second in which there was something to count. */
  report: (counts: StampCounts) => void;
  /** A counting clock, ms. */
  monotonicMs: () => number;
  /** The wall clock as the counting one has it, ms since 1970 with a fraction: between two answers of it no step may come. */
  wallMs: () => number;
}

/**
 * Opens the Session-Reflector (RFC 8762). It keeps nothing of a session, so that nobody can fill its memory.
 * @returns how to close it
 * @throws the system's error when the port cannot be had
 */
export async function openReflector(options: ReflectorOptions): Promise<() => void> {
  const { port, sources, ownNetworks, report, monotonicMs, wallMs } = options;
  const socket = await bind(options.host, port);
  const allowed = (): ((address: string) => boolean) => allowedSources(sources, ownNetworks());
  const admission = new Admission({ allowed, ownPort: port, now: monotonicMs() });
  let counts: StampCounts = { reflected: 0, refused: {} };
  socket.on('message', (message, { address, port: sourcePort }) => {
    const receivedMs = wallMs();
    const refusal = admission.refusalOf({ bytes: message.length, address, port: sourcePort }, monotonicMs());
    if (refusal !== undefined) {
      counts.refused[refusal] = (counts.refused[refusal] ?? 0) + 1;
      return;
    }
    // An answer that cannot be sent is lost, as any packet may be.
    socket.send(reflect(message, receivedMs, wallMs), sourcePort, address, () => {});
    counts.reflected += 1;
  });
  // What ICMP says of an answer that nobody awaits is no fault of the socket (udp(7)).
  socket.on('error', () => {});
  const timers = [
    setInterval(() => {
      if (counts.reflected === 0 && Object.keys(counts.refused).length === 0) return;
      report(counts);
      counts = { reflected: 0, refused: {} };
    }, stampLimits.reportMs),
    setInterval(() => {
      admission.lookAgain(monotonicMs());
    }, stampLimits.networksMs),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
    socket.close();
  };
}

/** A socket of IPv6 takes IPv4 as well; where the kernel has no IPv6, one of IPv4 does. */
async function bind(host: string | undefined, port: number): Promise<Socket> {
  if (host !== undefined) return bindTo(isIPv6(host) ? 'udp6' : 'udp4', host, port);
  try {
    return await bindTo('udp6', '::', port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL' && code !== 'EINVAL') throw error;
    return bindTo('udp4', '0.0.0.0', port);
  }
}

function bindTo(type: 'udp4' | 'udp6', address: string, port: number): Promise<Socket> {
  const socket = createSocket(type);
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, address }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
