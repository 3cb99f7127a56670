import type { Static, TSchema } from '#typebox';
import type { Validator } from '#typebox/compile';
import { CampusError } from '../../../contract/errors.ts';
import { checkShape, isRejection } from '../../../contract/payload.ts';
import type { Connection } from './connection.ts';
import { type Band, bandOf, type Channel, channelAt, frequencyOf } from './frequency.ts';
import type { Client } from './hostapd.ts';
import type { Mode, WifiInterface } from './interfaces.ts';
import { showName } from './network-name.ts';
import { bareRate, guardIntervalsUs, htStreams, type Modulation, type Rate } from './rate.ts';
import type { ChannelSurvey } from './survey.ts';
import type {
  UbusClients,
  UbusDirection,
  UbusInfo,
  UbusNeighbour,
  UbusRadio,
  UbusSurveyResult,
} from './ubus-shapes.ts';
import { knownDbm, parseAddress } from './wifi-text.ts';

/** Modes as iwinfo (include/iwinfo.h, IWINFO_OPMODE_NAMES) and as OpenWrt's configuration call them. */
const modes: Readonly<Record<string, Mode>> = {
  ...{ Master: 'access-point', 'Master (VLAN)': 'access-point', ap: 'access-point' },
  ...{ Client: 'station', sta: 'station', 'Ad-Hoc': 'ad-hoc', adhoc: 'ad-hoc', 'Mesh Point': 'mesh', mesh: 'mesh' },
  ...{ Monitor: 'monitor', monitor: 'monitor', 'P2P Client': 'p2p', 'P2P Go': 'p2p' },
};

/** An interface with what iwinfo knows of its air. */
export interface UbusInterface extends WifiInterface {
  bssid: string | undefined;
  signalDbm: number | undefined;
  noiseDbm: number | undefined;
  /** Mbit/s of the connection, both ways. */
  rateMbitPerSecond: number | undefined;
}

/**
 * Parses JSON of a given shape.
 * @param source the call, for the error
 * @throws CampusError `parse_failed`; the text is not repeated, for addresses of clients may stand in it
 */
export function parseUbus<S extends TSchema>(
  text: string,
  shape: Validator<Record<string, never>, S>,
  source: string,
): Static<S> {
  const checked = checkShape(parseJson(text, source), shape);
  if (isRejection(checked)) throw new CampusError('parse_failed', `${source}: ${checked.detail}`);
  return checked.value;
}

/** @throws CampusError `parse_failed` */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CampusError('parse_failed', `${source}: expected JSON, got ${text.length} characters that are none`, {
      cause,
    });
  }
}

/** An interface from iwinfo's `info`; a channel and signals that it does not know are 0. */
export function interfaceOfInfo(info: UbusInfo, name: string | undefined): UbusInterface {
  const bssid = info.bssid === undefined ? undefined : parseAddress(info.bssid, { source: 'iwinfo info', line: 1 });
  const channel = {
    ...(info.channel === undefined ? {} : { channel: info.channel }),
    widthMhz: widthOfMode(info.htmode),
  };
  return {
    ...{ name, radio: info.phy, address: undefined, links: [], mode: modes[info.mode] ?? 'other' },
    ssid: plainName(info.ssid),
    bssid: bssid === '00:00:00:00:00:00' ? undefined : bssid,
    channel: info.frequency ? { ...channelAt(info.frequency), ...channel } : undefined,
    txPowerDbm: info.txpower,
    signalDbm: knownDbm(info.signal),
    noiseDbm: knownDbm(info.noise),
    rateMbitPerSecond: megabits(info.bitrate),
  };
}

/** Bands and the older hardware modes, as OpenWrt's configuration has them. */
const bands: Readonly<Record<string, Band>> = {
  ...{ '2g': '2.4GHz', '5g': '5GHz', '6g': '6GHz' },
  ...{ '11b': '2.4GHz', '11g': '2.4GHz', '11a': '5GHz' },
};

/**
 * The interfaces that OpenWrt is told to have, by netifd's `network.wireless status`, with the radio's name in the configuration. Keys and
 * passwords are not looked at.
 */
export function interfacesOfWireless(
  status: Readonly<Record<string, UbusRadio>>,
): (WifiInterface & { radioIsOn: boolean })[] {
  return Object.entries(status).flatMap(([radio, { up, config, interfaces }]) =>
    interfaces.map(({ ifname, config: network }) => ({
      ...{ name: ifname, radio, address: undefined, links: [], mode: modes[network.mode] ?? 'other' },
      radioIsOn: up,
      ssid: plainName(network.ssid ?? network.mesh_id),
      channel: configuredChannel(config),
      txPowerDbm: undefined,
    })),
  );
}

/** Undefined for a channel that the radio chooses itself (`auto`, 0). */
function configuredChannel(config: UbusRadio['config']): Channel | undefined {
  const band = bands[config?.band ?? config?.hwmode ?? ''];
  const channel = Number(config?.channel);
  const mhz = band === undefined || !(channel > 0) ? undefined : frequencyOf(channel, band);
  return mhz === undefined ? undefined : { ...channelAt(mhz), widthMhz: widthOfMode(config?.htmode) };
}

/** Neighbours of an interface from iwinfo's `assoclist`: its clients, or the access point. */
export function clientOfNeighbour({ mac, rx, tx, ...neighbour }: UbusNeighbour): Client {
  const known: Partial<Connection> = {
    signalDbm: knownDbm(neighbour.signal),
    signalAverageDbm: knownDbm(neighbour.signal_avg),
    ...{ rx: rateOf(rx), rxBytes: rx?.bytes, rxPackets: rx?.packets },
    ...{ tx: rateOf(tx), txBytes: tx?.bytes, txPackets: tx?.packets, txRetries: tx?.retries, txFailed: tx?.failed },
    inactiveMs: neighbour.inactive,
    connectedSeconds: neighbour.connected_time,
    authorized: neighbour.authorized,
  };
  return {
    ...{ address: parseAddress(mac, { source: 'iwinfo assoclist', line: 1 }), abilities: undefined, isSixGhz: false },
    ...withoutUndefined(known),
  };
}

/** Clients from hostapd's `get_clients`. @param frequencyMhz of the access point, where known */
export function clientsOfHostapd(clients: UbusClients, frequencyMhz: number | undefined): Client[] {
  return Object.entries(clients).map(([mac, { ht, vht, he, eht, ...client }]) => ({
    address: parseAddress(mac, { source: 'hostapd get_clients', line: 1 }),
    abilities: client.assoc ? { ht: ht === true, vht: vht === true, he: he === true, eht: eht === true } : undefined,
    isSixGhz: bandOf(frequencyMhz ?? 0) === '6GHz',
    ...withoutUndefined({
      authorized: client.authorized,
      signalDbm: knownDbm(client.signal),
      ...{ rxBytes: client.bytes?.rx, txBytes: client.bytes?.tx },
      ...{ rxPackets: client.packets?.rx, txPackets: client.packets?.tx },
      ...{ rx: bareRateOf(client.rate?.rx), tx: bareRateOf(client.rate?.tx) },
    }),
  }));
}

/** A channel from iwinfo's `survey`. @param inUseMhz the frequency of the interface */
export function surveyOfResult(
  result: UbusSurveyResult,
  name: string | undefined,
  inUseMhz: number | undefined,
): ChannelSurvey {
  return {
    ...{ interface: name, frequencyMhz: result.mhz, inUse: result.mhz === inUseMhz },
    noiseDbm: knownDbm(result.noise),
    ...{ activeMs: result.active_time, busyMs: result.busy_time },
    ...{ receiveMs: result.rx_time, transmitMs: result.tx_time },
  };
}

function rateOf(direction: UbusDirection | undefined): Rate | undefined {
  if (direction?.rate === undefined || direction.rate === 0) return undefined;
  const { ht, vht, he, eht, mhz, mcs, nss } = direction;
  const modulation: Modulation = eht ? 'eht' : he ? 'he' : vht ? 'vht' : ht ? 'ht' : 'legacy';
  const isOld = modulation === 'ht' || modulation === 'vht';
  const interval = direction.eht_gi ?? direction.he_gi;
  return {
    mbitPerSecond: megabits(direction.rate),
    modulation,
    mcs: modulation === 'legacy' ? undefined : mcs,
    nss: nss ?? (modulation === 'ht' ? htStreams(mcs) : undefined),
    widthMhz: mhz ?? (direction['40mhz'] === true ? 40 : undefined),
    guardIntervalUs: isOld ? (direction.short_gi === true ? 0.4 : 0.8) : guardIntervalsUs[interval ?? -1],
    dcm: direction.he_dcm === undefined ? undefined : direction.he_dcm === 1,
  };
}

function bareRateOf(kbit: number | undefined): Rate | undefined {
  const mbitPerSecond = megabits(kbit);
  return mbitPerSecond === undefined ? undefined : bareRate(mbitPerSecond);
}

function megabits(kbit: number | undefined): number | undefined {
  return kbit === undefined || kbit === 0 ? undefined : kbit / 1000;
}

/** The width in `HT20`, `HT40+`, `VHT80`, `VHT80+80`, `HE160` or `EHT320`, MHz; undefined without one (`NOHT`). */
function widthOfMode(mode: string | undefined): number | undefined {
  const digits = /^(?:HT|VHT|HE|EHT)(\d+)(?:[-+]|\+(\d+))?$/.exec(mode ?? '');
  return digits === null ? undefined : Number(digits[1]) + Number(digits[2] ?? 0);
}

function plainName(name: string | undefined): string | undefined {
  return name === undefined || name === '' ? undefined : showName(Buffer.from(name, 'utf8'));
}

function withoutUndefined(known: Partial<Connection>): Partial<Connection> {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
