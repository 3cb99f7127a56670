import { type Place, parseCount, parseFailure } from '../../parse-failure.ts';
import type { Station } from './connection.ts';
import { parseRate } from './rate.ts';
import {
  ignored,
  knownDbm,
  type Line,
  linesOf,
  type NotUnderstood,
  parseAddress,
  parseQuantity,
  parseYesNo,
} from './wifi-text.ts';

const source = 'iw station dump';

/** A station with the interface that iw names in its heading. */
export interface DumpedStation extends Station {
  interface: string;
}

/**
 * Parses `iw dev NAME station dump` (iw, station.c, print_sta_handler). What links of a multi-link device say fills in what the station
 * as a whole does not know.
 *
 *     Station 02:00:00:00:00:0a (on wlan0)
 *     	inactive time:	304 ms
 *     	rx bytes:	18816
 *     	tx retries:	12
 *     	signal:  	-51 [-53, -55] dBm
 *     	tx bitrate:	1200.9 MBit/s 80MHz HE-MCS 11 HE-NSS 2 HE-GI 0 HE-DCM 0
 *     	authorized:	yes
 *     	connected time:	2983 seconds
 *
 * @throws CampusError `parse_failed`
 */
export function parseStations(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): DumpedStation[] {
  const stations: DumpedStation[] = [];
  for (const line of linesOf(text, firstLine)) {
    const place = { source, line: line.number };
    if (line.text.startsWith('Station')) stations.push(parseHeading(line.text, place));
    else {
      const station = stations.at(-1);
      if (station === undefined) throw parseFailure(place, 'Station MAC (on NAME)', line.text);
      readLine(station, line, notUnderstood);
    }
  }
  return stations;
}

function parseHeading(text: string, place: Place): DumpedStation {
  const heading = /^Station (\S+) \(on (\S+)\)$/.exec(text);
  if (heading === null) throw parseFailure(place, 'Station MAC (on NAME)', text);
  return { address: parseAddress(heading[1], place), interface: heading[2] ?? '' };
}

/** Printed, and of no use here; a table of queues (`-v`) is numbers alone. */
const unused =
  /^(mesh .*|beacon rx|rx drop misc|beacon signal avg|Toffset|[rt]x duration|last ack signal|avg ack signal|airtime weight|expected throughput|DTIM period|beacon interval|CTS protection|short preamble|short slot time|associated|authenticated|preamble|WMM\/WME|MFP|TDLS peer|associated at.*|current time|address|Link \d+|MSDU|TXQs)$/;
const table = /^(TID\s.*|qsz-byt\s.*|\d+(\s+\d+)*)$/;

function readLine(station: DumpedStation, { text, number }: Line, notUnderstood: NotUnderstood): void {
  const place = { source, line: number };
  const colon = text.indexOf(':');
  if (colon < 0) {
    if (table.test(text)) return;
    throw parseFailure(place, 'name: value', text);
  }
  const name = text.slice(0, colon);
  const reader = readers[name];
  if (reader !== undefined) reader(station, text.slice(colon + 1).trim(), { place, notUnderstood });
  else if (!unused.test(name)) notUnderstood(text);
}

interface Reading {
  place: Place;
  notUnderstood: NotUnderstood;
}
type Reader = (station: DumpedStation, value: string, reading: Reading) => void;

const counter =
  (field: 'rxBytes' | 'txBytes' | 'rxPackets' | 'txPackets' | 'txRetries' | 'txFailed' | 'beaconLoss'): Reader =>
  (station, value, { place }) => {
    station[field] ??= parseCount(value, place, 'the counter');
  };

const readers: Readonly<Record<string, Reader>> = {
  'rx bytes': counter('rxBytes'),
  'tx bytes': counter('txBytes'),
  'rx packets': counter('rxPackets'),
  'tx packets': counter('txPackets'),
  'tx retries': counter('txRetries'),
  'tx failed': counter('txFailed'),
  'beacon loss': counter('beaconLoss'),
  'inactive time': (station, value, { place }) => {
    station.inactiveMs ??= parseQuantity(value, 'ms', place);
  },
  'connected time': (station, value, { place }) => {
    station.connectedSeconds ??= parseQuantity(value, 'seconds', place);
  },
  signal: (station, value, { place }) => {
    station.signalDbm ??= parseSignal(value, place);
  },
  'signal avg': (station, value, { place }) => {
    station.signalAverageDbm ??= parseSignal(value, place);
  },
  'rx bitrate': (station, value, { place, notUnderstood }) => {
    station.rx ??= parseRate(value, place, notUnderstood);
  },
  'tx bitrate': (station, value, { place, notUnderstood }) => {
    station.tx ??= parseRate(value, place, notUnderstood);
  },
  authorized: (station, value, { place }) => {
    station.authorized ??= parseYesNo(value, place);
  },
};

/** Parses `-51 [-53, -55] dBm`: of all antennas together, then of each. */
function parseSignal(text: string, place: Place): number | undefined {
  const match = /^(-?\d+) (?:\[-?\d+(?:, -?\d+)*\] )?dBm$/.exec(text);
  if (match === null) throw parseFailure(place, 'a signal such as -51 dBm', text);
  return knownDbm(Number(match[1]));
}
