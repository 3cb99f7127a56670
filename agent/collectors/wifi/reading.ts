import { type WifiGeneration, wifi, wifiClient } from '../../../contract/measurements/wifi.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import type { Connection } from './connection.ts';
import { bandOf, type Channel, channelOf } from './frequency.ts';
import { generationOf, generationOfFrames } from './generation.ts';
import type { Client } from './hostapd.ts';
import type { WifiInterface } from './interfaces.ts';
import { type Radio, radioGeneration, usableBands } from './radios.ts';
import type { Rate } from './rate.ts';
import type { ChannelSurvey } from './survey.ts';

/** All that is known of one interface at one moment. */
export interface InterfaceFacts {
  interface: WifiInterface;
  bssid?: string | undefined;
  connected?: boolean | undefined;
  /** The connection of a station to its access point. */
  connection?: Partial<Connection> | undefined;
  retryPercent?: number | undefined;
  noiseDbm?: number | undefined;
  survey?: ChannelSurvey | undefined;
  utilisationPercent?: number | undefined;
  /** What an access point offers. */
  generation?: WifiGeneration | undefined;
  radio?: Radio | undefined;
  radioIsOn?: boolean | undefined;
  /** Of an access point. */
  clients?: readonly Client[] | undefined;
  /** Where the clients themselves are not known. */
  clientCount?: number | undefined;
}

type WifiReading = Reading<typeof wifi>;
type ConnectionReading = Reading<typeof wifiClient>;

/** The point of an interface. A multi-link device is shown on the first link that has a channel. */
export function interfaceMetric(facts: InterfaceFacts): CollectedMetric {
  const {
    interface: { name, radio, mode, ssid, links, ...own },
  } = facts;
  const link = own.channel === undefined ? links.find(({ channel }) => channel !== undefined) : undefined;
  const place = own.channel ?? link?.channel;
  // Who knocks and is not let in is no client.
  const users = facts.clients?.filter(({ authorized }) => authorized !== false);
  const fields: WifiReading = {
    ssid,
    bssid: facts.bssid,
    connected: facts.connected,
    ...channelReading(place, facts.survey?.frequencyMhz),
    tx_power_dbm: own.txPowerDbm ?? link?.txPowerDbm,
    generation: facts.generation ?? connectionGeneration(facts.connection, place?.frequencyMhz),
    radio_on: facts.radioIsOn,
    ...radioReading(facts.radio),
    ...connectionReading(facts.connection ?? {}, facts.retryPercent),
    beacon_loss: facts.connection?.beaconLoss,
    ...surveyReading(facts),
    client_count: users?.length ?? facts.clientCount,
    ...generationCounts(users, place?.frequencyMhz),
  };
  return { name: wifi.name, tags: withoutUndefined({ interface: name, radio, mode }), fields };
}

/** The point of a client. @param pseudonym what stands for its address */
export function clientMetric(
  client: Client,
  place: {
    pseudonym: string;
    interface: string | undefined;
    frequencyMhz: number | undefined;
    retryPercent?: number | undefined;
  },
): CollectedMetric {
  const fields: ConnectionReading = {
    generation: clientGeneration(client, place.frequencyMhz),
    band: place.frequencyMhz === undefined ? undefined : bandOf(place.frequencyMhz),
    authorized: client.authorized,
    ...connectionReading(client, place.retryPercent),
  };
  const tags = withoutUndefined({ client: place.pseudonym, interface: place.interface });
  return { name: wifiClient.name, tags, fields };
}

/** The generation of a client: what it said it can do, or else what its frames show. */
export function clientGeneration(client: Client, frequencyMhz: number | undefined): WifiGeneration | undefined {
  const band = frequencyMhz === undefined ? undefined : bandOf(frequencyMhz);
  if (client.abilities !== undefined) return generationOf(client.abilities, client.isSixGhz || band === '6GHz');
  return connectionGeneration(client, frequencyMhz);
}

/** What a radio can do. */
export function radioReading(radio: Radio | undefined): WifiReading {
  if (radio === undefined) return {};
  return { radio_generation: radioGeneration(radio), radio_bands: usableBands(radio).join(' ') };
}

/** A channel's fields. @param frequencyMhz where nothing else is known of it */
export function channelReading(channel: Partial<Channel> | undefined, frequencyMhz?: number): WifiReading {
  const mhz = channel?.frequencyMhz ?? frequencyMhz;
  return {
    channel: channel?.channel ?? (mhz === undefined ? undefined : channelOf(mhz)),
    frequency_mhz: mhz,
    band: mhz === undefined ? undefined : bandOf(mhz),
    width_mhz: channel?.widthMhz,
    center1_mhz: channel?.center1Mhz,
    center2_mhz: channel?.center2Mhz,
  };
}

function connectionGeneration(
  connection: Partial<Connection> | undefined,
  frequencyMhz: number | undefined,
): WifiGeneration | undefined {
  const band = frequencyMhz === undefined ? undefined : bandOf(frequencyMhz);
  return generationOfFrames([connection?.rx?.modulation, connection?.tx?.modulation], band);
}

function connectionReading(connection: Partial<Connection>, retryPercent: number | undefined): ConnectionReading {
  const { rx, tx } = connection;
  return {
    signal_dbm: connection.signalDbm,
    signal_average_dbm: connection.signalAverageDbm,
    ...receiveRate(rx),
    ...sendRate(tx),
    rx_bytes: connection.rxBytes,
    tx_bytes: connection.txBytes,
    rx_packets: connection.rxPackets,
    tx_packets: connection.txPackets,
    tx_retries: connection.txRetries,
    tx_failed: connection.txFailed,
    tx_retry_percent: retryPercent,
    inactive_ms: connection.inactiveMs,
    connected_seconds: connection.connectedSeconds,
  };
}

function receiveRate(rate: Rate | undefined): ConnectionReading {
  return {
    rx_rate_mbit_per_second: rate?.mbitPerSecond,
    rx_modulation: rate?.modulation,
    rx_mcs: rate?.mcs,
    rx_nss: rate?.nss,
    rx_width_mhz: rate?.widthMhz,
    rx_guard_interval_us: rate?.guardIntervalUs,
    rx_dcm: rate?.dcm,
  };
}

function sendRate(rate: Rate | undefined): ConnectionReading {
  return {
    tx_rate_mbit_per_second: rate?.mbitPerSecond,
    tx_modulation: rate?.modulation,
    tx_mcs: rate?.mcs,
    tx_nss: rate?.nss,
    tx_width_mhz: rate?.widthMhz,
    tx_guard_interval_us: rate?.guardIntervalUs,
    tx_dcm: rate?.dcm,
  };
}

function surveyReading({ survey, noiseDbm, utilisationPercent }: InterfaceFacts): WifiReading {
  return {
    noise_dbm: survey?.noiseDbm ?? noiseDbm,
    channel_in_use: survey?.inUse,
    channel_active_ms: survey?.activeMs,
    channel_busy_ms: survey?.busyMs,
    channel_receive_ms: survey?.receiveMs,
    channel_transmit_ms: survey?.transmitMs,
    channel_utilisation_percent: utilisationPercent,
  };
}

/** How many clients of each generation there are, as far as that is known. */
function generationCounts(clients: readonly Client[] | undefined, frequencyMhz: number | undefined): WifiReading {
  if (clients === undefined) return {};
  const generations = clients.map((client) => clientGeneration(client, frequencyMhz));
  const count = (wanted: WifiGeneration): number => generations.filter((generation) => generation === wanted).length;
  return {
    client_legacy_count: count('legacy'),
    client_wifi4_count: count('4'),
    client_wifi5_count: count('5'),
    client_wifi6_count: count('6'),
    client_wifi6e_count: count('6E'),
    client_wifi7_count: count('7'),
  };
}

function withoutUndefined(tags: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter((tag): tag is [string, string] => tag[1] !== undefined));
}
