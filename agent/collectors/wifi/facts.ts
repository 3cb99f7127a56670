import type { Connection, Station } from './connection.ts';
import { bandOf, channelAt } from './frequency.ts';
import { generationOf } from './generation.ts';
import type { AccessPoint, Client } from './hostapd.ts';
import type { WifiInterface } from './interfaces.ts';
import type { IwLink } from './link.ts';
import type { Radio } from './radios.ts';
import { bareRate } from './rate.ts';
import type { InterfaceFacts } from './reading.ts';
import type { ChannelSurvey } from './survey.ts';
import type { UbusInterface } from './ubus.ts';

/** What several programs said at one moment. */
export interface Heard {
  interfaces: (WifiInterface & Partial<UbusInterface> & { radioIsOn?: boolean })[];
  links: IwLink[];
  /** Whoever is at the other end of an interface: the access point of a station, clients of an access point. */
  stations: (Station & { interface: string | undefined })[];
  /** Clients by hostapd. */
  clients: (Client & { interface: string | undefined })[];
  accessPoints: AccessPoint[];
  surveys: ChannelSurvey[];
  radios: Radio[];
  /** Interfaces of which all stations were asked for: where none was heard, there is none. */
  asked: Set<string>;
}

/** Nothing heard yet. */
export function nothingHeard(): Heard {
  return {
    ...{ interfaces: [], links: [], stations: [], clients: [], accessPoints: [], surveys: [], radios: [] },
    asked: new Set(),
  };
}

/**
 * Puts together what was heard of each interface. Clients of an interface that nobody described are an access point's: taken for a person's
 * device, an access point does no harm; the other way round it would.
 */
export function interfaceFacts(heard: Heard): InterfaceFacts[] {
  const names = new Set<string | undefined>();
  for (const { name } of heard.interfaces) names.add(name);
  for (const { networks } of heard.accessPoints) for (const network of networks) names.add(network.interface);
  for (const list of [heard.links, heard.stations, heard.clients]) for (const one of list) names.add(one.interface);
  for (const survey of heard.surveys) if (survey.inUse) names.add(survey.interface);
  return [...names].flatMap((name) => {
    const described = heard.interfaces.filter((candidate) => candidate.name === name);
    return (described.length > 0 ? described : [undefined]).map((iface) => factsOf(name, iface, heard));
  });
}

type Described = Heard['interfaces'][number];

function factsOf(name: string | undefined, described: Described | undefined, heard: Heard): InterfaceFacts {
  // Of several interfaces without a name nobody knows whose the stations are.
  const at = <T extends { interface: string | undefined }>(list: readonly T[]): T[] =>
    name === undefined && heard.interfaces.length > 1 ? [] : list.filter((one) => one.interface === name);
  const [link] = at(heard.links);
  const stations = at(heard.stations);
  const clients = at(heard.clients);
  const network = networkOf(heard.accessPoints, name);
  const hasClients = network !== undefined || stations.length > 0 || clients.length > 0;
  const iface = described ?? inferred(name, { link, network, hasClients });
  const radio = heard.radios.find((candidate) => candidate.name === iface.radio);
  const summed = summedConnection(described);
  const common: InterfaceFacts = {
    interface: iface,
    bssid: described?.bssid,
    connection: summed,
    noiseDbm: described?.noiseDbm,
    survey: at(heard.surveys).find(({ inUse }) => inUse),
    radio,
    radioIsOn: described?.radioIsOn,
  };
  const isAsked = heard.asked.has(name ?? '');
  if (iface.mode === 'access-point') {
    return {
      ...common,
      bssid: described?.bssid ?? network?.bssid ?? iface.address,
      generation: network?.generation,
      clients: isAsked || stations.length + clients.length > 0 ? mergeClients(stations, clients) : undefined,
      clientCount: network?.clientCount,
    };
  }
  if (iface.mode !== 'station') return common;
  const peer = link ?? stations[0];
  return {
    ...common,
    bssid: peer?.address ?? common.bssid,
    connected: (peer ?? summed) !== undefined || (isAsked ? false : hasChannel(iface)),
    connection: peer ?? summed,
  };
}

/** nl80211 knows the channel of a station only while that is connected; what has no address is not from there, and says nothing. */
function hasChannel({ address, channel, links }: WifiInterface): boolean | undefined {
  if (address === undefined) return undefined;
  return channel !== undefined || links.length > 0;
}

interface Inferred {
  link: IwLink | undefined;
  network: ReturnType<typeof networkOf>;
  hasClients: boolean;
}

/** An interface that shows itself only by what goes on there. */
function inferred(name: string | undefined, { link, network, hasClients }: Inferred): WifiInterface {
  const mhz = link?.frequenciesMhz[0] ?? network?.frequencyMhz;
  return {
    ...{ name, radio: undefined, address: undefined, links: [], txPowerDbm: undefined },
    mode: link !== undefined ? 'station' : hasClients ? 'access-point' : undefined,
    ssid: link?.ssid ?? network?.ssid,
    channel: mhz === undefined ? undefined : channelAt(mhz),
  };
}

function networkOf(accessPoints: readonly AccessPoint[], name: string | undefined) {
  for (const { networks, abilities, frequencyMhz } of accessPoints) {
    const network = networks.find((candidate) => candidate.interface === name);
    const isSixGhz = frequencyMhz !== undefined && bandOf(frequencyMhz) === '6GHz';
    if (network !== undefined) return { ...network, frequencyMhz, generation: generationOf(abilities, isSixGhz) };
  }
  return undefined;
}

/** The connection as iwinfo sums it up; of an access point it is the mean of its clients. */
function summedConnection(described: Described | undefined): Partial<Connection> | undefined {
  const { signalDbm, rateMbitPerSecond } = described ?? {};
  const tx = rateMbitPerSecond === undefined ? undefined : bareRate(rateMbitPerSecond);
  return signalDbm === undefined && tx === undefined ? undefined : { signalDbm, tx };
}

/** Clients as the kernel counts them, with what hostapd knows of their abilities; those that only hostapd knows come after. */
function mergeClients(stations: readonly Station[], clients: readonly Client[]): Client[] {
  const byAddress = new Map(clients.map((client) => [client.address, client]));
  const counted = stations.map((station): Client => {
    const client = byAddress.get(station.address);
    byAddress.delete(station.address);
    return { abilities: undefined, isSixGhz: false, ...client, ...station };
  });
  return [...counted, ...byAddress.values()];
}
