import type { Point } from '../api/schema.ts';
import { numberField, textField } from '../format/fields.ts';

/** The generations of clients, oldest first, with the field that counts them. */
export const clientGenerations = [
  { generation: 'legacy', field: 'client_legacy_count' },
  { generation: '4', field: 'client_wifi4_count' },
  { generation: '5', field: 'client_wifi5_count' },
  { generation: '6', field: 'client_wifi6_count' },
  { generation: '6E', field: 'client_wifi6e_count' },
  { generation: '7', field: 'client_wifi7_count' },
] as const;

/** One Wi-Fi interface, decoded for the page. */
export interface WifiRow {
  name: string;
  mode: string;
  /** The radio is switched off. */
  off: boolean;
  /** Of a station: whether it has an access point. */
  connected: boolean | undefined;
  ssid: string | undefined;
  bssid: string | undefined;
  channel: number | undefined;
  frequencyMhz: number | undefined;
  widthMhz: number | undefined;
  band: string | undefined;
  utilisationPercent: number | undefined;
  noiseDbm: number | undefined;
  signalDbm: number | undefined;
  rxMbit: number | undefined;
  txMbit: number | undefined;
  retryPercent: number | undefined;
  /** Of the connection; of an access point what its radio can do. */
  generation: string | undefined;
  clients: number | undefined;
  /** Clients by generation, without those of which there are none. */
  clientsBy: { generation: string; count: number }[];
}

/** The `wifi` points of one device as rows, in their order. */
export function wifiRows(points: readonly Point[]): WifiRow[] {
  return points.map((point) => ({
    name: point.tags['interface'] ?? '?',
    mode: point.tags['mode'] ?? '',
    off: point.fields['radio_on'] === false,
    connected: typeof point.fields['connected'] === 'boolean' ? point.fields['connected'] : undefined,
    ssid: textField(point, 'ssid'),
    bssid: textField(point, 'bssid'),
    channel: numberField(point, 'channel'),
    frequencyMhz: numberField(point, 'frequency_mhz'),
    widthMhz: numberField(point, 'width_mhz'),
    band: textField(point, 'band'),
    utilisationPercent: numberField(point, 'channel_utilisation_percent'),
    noiseDbm: numberField(point, 'noise_dbm'),
    signalDbm: numberField(point, 'signal_dbm'),
    rxMbit: numberField(point, 'rx_rate_mbit_per_second'),
    txMbit: numberField(point, 'tx_rate_mbit_per_second'),
    retryPercent: numberField(point, 'tx_retry_percent'),
    generation: textField(point, 'generation') ?? textField(point, 'radio_generation'),
    clients: numberField(point, 'client_count'),
    clientsBy: clientGenerations
      .map(({ generation, field }) => ({ generation, count: numberField(point, field) ?? 0 }))
      .filter(({ count }) => count > 0),
  }));
}

/**
 * How well a signal carries a lesson, by the steps that site surveys use: −67 dBm and better for voice and video, below −75 dBm hardly anything.
 * @param dbm of the access point, as the station hears it
 */
export function signalTone(dbm: number): 'good' | 'warn' | 'bad' {
  if (dbm >= -67) return 'good';
  return dbm >= -75 ? 'warn' : 'bad';
}
