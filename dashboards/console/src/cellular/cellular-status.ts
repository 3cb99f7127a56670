import { Type } from '#typebox';
import type { Point } from '../api/schema.ts';
import { numberField, textField } from '../format/fields.ts';
import { parseList } from '../format/ipv6.ts';

/** One carrier of a modem. */
export interface Carrier {
  name: string;
  technology: string | undefined;
  band: string | undefined;
  bandwidthMhz: number | undefined;
  arfcn: number | undefined;
  pci: number | undefined;
  rsrpDbm: number | undefined;
  rsrqDb: number | undefined;
  sinrDb: number | undefined;
}

/** One modem, decoded for the page. */
export interface Modem {
  key: string;
  model: string;
  technology: string | undefined;
  registration: string | undefined;
  registered: boolean;
  simState: string | undefined;
  operator: string | undefined;
  temperatureCelsius: number | undefined;
  rxBitsPerSecond: number | undefined;
  txBitsPerSecond: number | undefined;
  addresses: string[];
  interface: string | undefined;
  /** Without an own point of a carrier, the modem's own figures stand for its one carrier. */
  carriers: Carrier[];
}

/** The `cellular` points of one device with the `cellular_carrier` points of each modem. */
export function modemsOf(points: readonly Point[], carriers: readonly Point[]): Modem[] {
  return points.map((point) => {
    const key = point.tags['modem'] ?? '?';
    const own = carriers.filter(({ tags }) => tags['modem'] === key);
    const names = [textField(point, 'manufacturer'), textField(point, 'model')].filter((name) => name !== undefined);
    return {
      key,
      model: names.join(' '),
      technology: textField(point, 'technology'),
      registration: textField(point, 'registration'),
      registered: point.fields['registered'] === true,
      simState: textField(point, 'sim_state'),
      operator: textField(point, 'operator') ?? textField(point, 'operator_code'),
      temperatureCelsius: numberField(point, 'temperature_celsius'),
      rxBitsPerSecond: numberField(point, 'rx_bits_per_second'),
      txBitsPerSecond: numberField(point, 'tx_bits_per_second'),
      addresses: ['ipv4_addresses', 'ipv6_addresses'].flatMap((field) =>
        parseList(Type.String(), textField(point, field)),
      ),
      interface: textField(point, 'interface'),
      carriers: (own.length > 0 ? own : [point]).map(carrierOf).filter(hasCell),
    };
  });
}

function carrierOf(point: Point): Carrier {
  return {
    name: point.tags['carrier'] ?? 'primary',
    technology: textField(point, 'technology'),
    band: textField(point, 'band'),
    bandwidthMhz: numberField(point, 'bandwidth_mhz'),
    arfcn: numberField(point, 'arfcn'),
    pci: numberField(point, 'pci'),
    rsrpDbm: numberField(point, 'rsrp_dbm'),
    rsrqDb: numberField(point, 'rsrq_db'),
    sinrDb: numberField(point, 'sinr_db'),
  };
}

/** False for a modem that is in no cell. */
function hasCell({ band, arfcn, rsrpDbm }: Carrier): boolean {
  return band !== undefined || arfcn !== undefined || rsrpDbm !== undefined;
}

/**
 * How good a cell's reference signal is, by the steps that operators and makers of modems print.
 * @param dbm RSRP of LTE or SS-RSRP of NR
 */
export function rsrpTone(dbm: number): 'good' | 'warn' | 'bad' {
  if (dbm >= -95) return 'good';
  return dbm >= -110 ? 'warn' : 'bad';
}
