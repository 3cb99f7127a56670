import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectOutcome, Host } from '../../host/host.ts';

/** How long IPv6 has for itself before IPv4 is tried, too (RFC 8305 §5, Connection Attempt Delay). */
const ATTEMPT_DELAY_MS = 250;
const CONNECT_TIMEOUT_MS = 2000;

export interface Attempt {
  outcome: ConnectOutcome;
  /** From the beginning of this attempt to its outcome. */
  ms: number;
  /** From the beginning of the first attempt. */
  endedMs: number;
}

export interface Race {
  ipv4: Attempt | undefined;
  ipv6: Attempt | undefined;
  winner: 'ipv4' | 'ipv6' | 'none';
  /** When the winner was connected, from the beginning of the first attempt. */
  connectMs: number | undefined;
}

/**
 * Connects as a program does that follows RFC 8305: IPv6 first, IPv4 250 ms later or as soon as IPv6 has failed, and who is connected first
 * wins. Unlike such a program it lets both go on to the end, and tries IPv4 although IPv6 has won: both are to be measured.
 */
export async function raceFamilies(
  host: Host,
  { ipv4, ipv6, port }: { ipv4: string | undefined; ipv6: string | undefined; port: number },
): Promise<Race> {
  const start = host.monotonicMs();
  const attempt = async (address: string): Promise<Attempt> => {
    const since = host.monotonicMs();
    const outcome = await host.connect({ address, port, timeoutMs: CONNECT_TIMEOUT_MS });
    const now = host.monotonicMs();
    return { outcome, ms: now - since, endedMs: now - start };
  };
  const first = ipv6 === undefined ? undefined : attempt(ipv6);
  if (first !== undefined) await withinDelay(first);
  const second = ipv4 === undefined ? undefined : attempt(ipv4);
  const [six, four] = await Promise.all([first, second]);
  return { ipv4: four, ipv6: six, ...winnerOf(six, four) };
}

function winnerOf(ipv6: Attempt | undefined, ipv4: Attempt | undefined): Pick<Race, 'winner' | 'connectMs'> {
  const sixMs = ipv6?.outcome === 'open' ? ipv6.endedMs : undefined;
  const fourMs = ipv4?.outcome === 'open' ? ipv4.endedMs : undefined;
  if (sixMs !== undefined && (fourMs === undefined || sixMs <= fourMs)) return { winner: 'ipv6', connectMs: sixMs };
  if (fourMs !== undefined) return { winner: 'ipv4', connectMs: fourMs };
  return { winner: 'none', connectMs: undefined };
}

async function withinDelay(attempt: Promise<Attempt>): Promise<void> {
  const over = new AbortController();
  const late = delay(ATTEMPT_DELAY_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
  await Promise.race([attempt, late]).finally(() => over.abort());
}
