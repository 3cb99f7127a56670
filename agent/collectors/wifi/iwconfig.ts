import { type Place, parseFailure } from '../../parse-failure.ts';
import type { Connection } from './connection.ts';
import { channelAt } from './frequency.ts';
import type { Mode, WifiInterface } from './interfaces.ts';
import { showName } from './network-name.ts';
import { bareRate } from './rate.ts';
import { knownDbm, linesOf, parseAddress } from './wifi-text.ts';

/** What the old wireless extensions know of an interface. */
export interface OldInterface {
  interface: WifiInterface;
  bssid: string | undefined;
  connection: Partial<Connection>;
}

const source = 'iwconfig';
const modes: Readonly<Record<string, Mode>> = {
  ...{ Managed: 'station', Master: 'access-point', 'Ad-Hoc': 'ad-hoc', Monitor: 'monitor' },
};
const megahertz: Readonly<Record<string, number>> = { GHz: 1000, MHz: 1 };
const megabits: Readonly<Record<string, number>> = { Gb: 1000, Mb: 1, kb: 0.001 };

/**
 * Parses `iwconfig` (wireless-tools, iwconfig.c), which old systems have instead of iw:
 *
 *     wlan0     IEEE 802.11  ESSID:"Room 301"
 *               Mode:Managed  Frequency:5.18 GHz  Access Point: 02:00:00:00:00:01
 *               Bit Rate=866.7 Mb/s   Tx-Power=22 dBm
 *               Link Quality=58/70  Signal level=-52 dBm
 *               Tx excessive retries:44  Invalid misc:1766   Missed beacon:0
 *
 * @throws CampusError `parse_failed`
 */
export function parseIwconfig(text: string, firstLine = 1): OldInterface[] {
  const blocks: { name: string; text: string; place: Place }[] = [];
  for (const { text: line, indent, number } of linesOf(text, firstLine)) {
    const heading = indent === '' ? /^(\S+)\s+(?:IEEE )?802\.11\S*\s*(.*)$/.exec(line) : null;
    const place = { source, line: number };
    const block = blocks.at(-1);
    if (heading !== null) blocks.push({ name: heading[1] ?? '', text: heading[2] ?? '', place });
    else if (indent !== '' && block !== undefined) block.text += `  ${line}`;
    else throw parseFailure(place, 'NAME IEEE 802.11', line);
  }
  return blocks.map(({ name, text: facts, place }) => readBlock(name, facts, place));
}

function readBlock(name: string, text: string, place: Place): OldInterface {
  const mode = /Mode:(\S+)/.exec(text)?.[1];
  if (mode === undefined) throw parseFailure(place, `the mode of ${name}`, text);
  const mhz = scaled(/Frequency[:=]([\d.]+) ?(GHz|MHz)/.exec(text), megahertz);
  const point = /(?:Access Point|Cell): ([0-9A-F:]+)/i.exec(text)?.[1];
  const rate = scaled(/Bit Rate[:=]([\d.]+) ?(Gb|Mb|kb)\/s/.exec(text), megabits);
  const whole = (pattern: RegExp): number | undefined => {
    const digits = pattern.exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  // An SSID may hold quotes: it ends before the next of the columns, which are two spaces apart.
  const essid = /^(?:.*? )?ESSID:"(.*?)"(?: {2}|$)/.exec(text)?.[1];
  return {
    interface: {
      ...{ name, radio: undefined, address: undefined, links: [], mode: modes[mode] ?? 'other' },
      ssid: essid === undefined ? undefined : showName(Buffer.from(essid, 'utf8')),
      channel: mhz === undefined ? undefined : channelAt(mhz),
      txPowerDbm: whole(/Tx-Power[:=](-?\d+) dBm/),
    },
    bssid: point === undefined ? undefined : parseAddress(point, place),
    connection: {
      signalDbm: knownDbm(whole(/Signal level[:=](-?\d+) dBm/)),
      tx: rate === undefined ? undefined : bareRate(rate),
      txFailed: whole(/Tx excessive retries[:=](\d+)/),
    },
  };
}

/** A number with a scale; what floating point adds is rounded off. */
function scaled(match: RegExpExecArray | null, scales: Readonly<Record<string, number>>): number | undefined {
  const scale = scales[match?.[2] ?? ''];
  return scale === undefined ? undefined : Math.round(Number(match?.[1]) * scale * 1000) / 1000;
}
