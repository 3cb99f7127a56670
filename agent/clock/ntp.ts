import type { Host } from '../host/host.ts';
import { parseFailure } from '../parse-failure.ts';

/** systemd-timesyncd touches it at each successful synchronisation since the machine's start, and never removes it (systemd-timesyncd(8)). */
const TIMESYNC_FILE = '/run/systemd/timesync/synchronized';
const TIMEOUT_MS = 5000;
const MAX_BYTES = 4096;

/** What `chronyc -c tracking` prints, in this order (chrony 4, client.c). */
const TRACKING_FIELDS = 14;
/** Reference ids of a clock that nobody has set: none at all, and chrony's own clock in local mode. */
const NO_REFERENCE = ['00000000', '7F7F0101'];

/** True when systemd-timesyncd has set the clock since the machine's start: a look at a file, at no cost. */
export async function timesyncHasSynchronised(host: Host): Promise<boolean> {
  return (await host.readFile(TIMESYNC_FILE)) !== undefined;
}

/**
 * Asks whether NTP holds the clock at present: the kernel by way of timedatectl, which tells for every NTP client (adjtimex(2)), and chrony where
 * systemd is not. Starts a process or two, so it is for the start, for clock steps and now and then.
 * @returns false when nobody says so
 * @throws CampusError `parse_failed` for an answer that is none
 */
export async function ntpHoldsClock(host: Host, signal: AbortSignal): Promise<boolean> {
  const ask = async (command: string, args: readonly string[]): Promise<string> => {
    try {
      return (await host.run(command, args, { signal, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })) ?? '';
    } catch {
      // Either is often installed where what it asks does not run; then it fails, and has nothing to say.
      return '';
    }
  };
  const kernel = await ask('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  if (kernel !== '') return parseNtpSynchronized(kernel);
  const chrony = await ask('chronyc', ['-c', 'tracking']);
  return chrony !== '' && parseTracking(chrony);
}

/**
 * The answer of `timedatectl show --property=NTPSynchronized --value` (timedatectl(1)): `yes` or `no`.
 * @throws CampusError `parse_failed`
 */
export function parseNtpSynchronized(text: string): boolean {
  const answer = text.trim();
  if (answer === 'yes' || answer === 'no') return answer === 'yes';
  throw parseFailure({ source: 'timedatectl', line: 1 }, 'yes or no', answer);
}

/**
 * The one line of `chronyc -c tracking` (chronyc(1)): reference id, name, stratum, …, leap status last.
 *
 *   C0A80001,192.168.0.1,3,1764000000.1,-0.000012,0.000003,0.000021,-11.5,-0.002,0.05,0.011,0.001,64.2,Normal
 *
 * @returns true when chrony follows a source
 * @throws CampusError `parse_failed`
 */
export function parseTracking(text: string): boolean {
  const line = text.trim();
  const fields = line.split(',');
  if (fields.length < TRACKING_FIELDS) {
    throw parseFailure({ source: 'chronyc -c tracking', line: 1 }, `${TRACKING_FIELDS} fields`, line);
  }
  return !NO_REFERENCE.includes(fields[0] ?? '') && fields[TRACKING_FIELDS - 1] !== 'Not synchronised';
}
