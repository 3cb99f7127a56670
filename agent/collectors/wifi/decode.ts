import { CampusError } from '../../../contract/errors.ts';
import { withoutMacs } from '../../../contract/mac-address.ts';
import type { CollectedMetric } from '../../collector.ts';
import { type Heard, interfaceFacts, nothingHeard } from './facts.ts';
import { generationOf } from './generation.ts';
import { parseAccessPoint, parseClients } from './hostapd.ts';
import { parseInterfaces } from './interfaces.ts';
import { parseIwconfig } from './iwconfig.ts';
import { parseLink } from './link.ts';
import { parseRadios } from './radios.ts';
import { channelReading, clientMetric, interfaceMetric, radioReading } from './reading.ts';
import { type HeardNetwork, parseScan } from './scan.ts';
import { type Segment, splitSegments } from './segments.ts';
import { parseStations } from './stations.ts';
import { type ChannelSurvey, parseSurvey, utilisationPercent } from './survey.ts';
import { hearUbus } from './ubus-decode.ts';

/** What a captured text says, in measurements, and what of it nobody understood; no address of a client stands in either. */
export interface Decoded {
  metrics: CollectedMetric[];
  not_understood: string[];
}

/** Not to fill a screen with what is no Wi-Fi at all. */
const NOT_UNDERSTOOD_MAX = 1000;

/**
 * Decodes captured outputs of `iw` (dev, link, station dump, survey dump, phy, scan), iwconfig, hostapd's control socket (STA, STATUS) and
 * OpenWrt's ubus (iwinfo, hostapd, network.wireless), one or several after one another. What was heard of an interface in several of them
 * makes one point.
 * @param pseudonym what stands for a client's address; without a site's key they are numbered
 * @throws CampusError `parse_failed` where an output is damaged or cut short, or the text holds none
 */
export function decodeWifi(text: string, pseudonym: (mac: string) => string = numbering()): Decoded {
  const { segments, others } = splitSegments(text);
  if (segments.length === 0) {
    const first = others[0]?.text.length ?? 0;
    throw new CampusError(
      'parse_failed',
      `expected output of iw, hostapd or ubus, got a text that begins with ${first} other characters`,
    );
  }
  const notUnderstood = others.map((line) => withoutMacs(line.text));
  const heard = nothingHeard();
  const separate: CollectedMetric[] = [];
  for (const segment of segments)
    hear(segment, { heard, separate, note: (line) => notUnderstood.push(withoutMacs(line)) });
  return {
    metrics: [
      ...interfaceFacts(heard).flatMap((facts) => {
        const { survey } = facts;
        const place = { interface: facts.interface.name, frequencyMhz: facts.interface.channel?.frequencyMhz };
        const clients = (facts.clients ?? []).map((client) =>
          clientMetric(client, { ...place, pseudonym: pseudonym(client.address) }),
        );
        return [interfaceMetric({ ...facts, utilisationPercent: sinceStart(survey) }), ...clients];
      }),
      ...heard.surveys.filter(({ inUse }) => !inUse).map(surveyMetric),
      ...heard.radios.map((radio) => ({
        name: 'wifi',
        tags: { radio: radio.name },
        fields: radioReading(radio),
      })),
      ...separate,
    ],
    not_understood: notUnderstood.slice(0, NOT_UNDERSTOOD_MAX),
  };
}

interface Hearing {
  heard: Heard;
  /** Points that belong to no interface's. */
  separate: CollectedMetric[];
  note: (line: string) => void;
}

function hear({ kind, text, firstLine }: Segment, { heard, separate, note }: Hearing): void {
  switch (kind) {
    case 'interfaces':
      heard.interfaces.push(...parseInterfaces(text, note, firstLine));
      return;
    case 'link': {
      const link = parseLink(text, note, firstLine);
      if (link === undefined) separate.push(notConnected);
      else heard.links.push(link);
      return;
    }
    case 'stations':
      heard.stations.push(...parseStations(text, note, firstLine));
      return;
    case 'survey':
      heard.surveys.push(...parseSurvey(text, note, firstLine));
      return;
    case 'radios':
      heard.radios.push(...parseRadios(text, firstLine));
      return;
    case 'scan':
      separate.push(...parseScan(text, note, firstLine).map(scanMetric));
      return;
    case 'iwconfig':
      for (const { interface: iface, bssid, connection } of parseIwconfig(text, firstLine)) {
        heard.interfaces.push({ ...iface, bssid });
        if (bssid !== undefined) heard.stations.push({ ...connection, address: bssid, interface: iface.name });
      }
      return;
    case 'clients': {
      const only = heard.accessPoints.at(-1)?.networks;
      const name = only?.length === 1 ? only[0]?.interface : undefined;
      heard.clients.push(...parseClients(text, note, firstLine).map((client) => ({ ...client, interface: name })));
      return;
    }
    case 'access-point':
      heard.accessPoints.push(parseAccessPoint(text, firstLine));
      return;
    default:
      hearUbus(text, { heard, note });
  }
}

const notConnected: CollectedMetric = { name: 'wifi', tags: { mode: 'station' }, fields: { connected: false } };

/** Without a sample before, the whole time that the counters have run. */
function sinceStart(survey: ChannelSurvey | undefined): number | undefined {
  if (survey === undefined) return undefined;
  return utilisationPercent({ frequencyMhz: survey.frequencyMhz, activeMs: 0, busyMs: 0 }, survey);
}

/** A channel that the radio has only looked at. */
function surveyMetric(survey: ChannelSurvey): CollectedMetric {
  const { fields } = interfaceMetric({
    interface: {
      ...{ name: survey.interface, radio: undefined, address: undefined, ssid: undefined, mode: undefined, links: [] },
      ...{ channel: undefined, txPowerDbm: undefined },
    },
    survey,
    utilisationPercent: sinceStart(survey),
  });
  const tags = survey.interface === undefined ? {} : { interface: survey.interface };
  return { name: 'wifi', tags, fields };
}

function scanMetric(network: HeardNetwork): CollectedMetric {
  const channel = channelReading(undefined, network.frequencyMhz);
  return {
    name: 'wifi',
    tags: { interface: network.interface, mode: 'access-point' },
    fields: {
      ...{ ssid: network.ssid, bssid: network.bssid, connected: network.isConnected, signal_dbm: network.signalDbm },
      ...channel,
      generation: generationOf(network.abilities, channel.band === '6GHz'),
      inactive_ms: network.lastSeenMs,
    },
  };
}

/** Names clients `client-1`, `client-2` and so on, in the order in which they come. */
function numbering(): (mac: string) => string {
  const numbers = new Map<string, number>();
  return (mac) => {
    const number = numbers.get(mac) ?? numbers.size + 1;
    numbers.set(mac, number);
    return `client-${number}`;
  };
}
