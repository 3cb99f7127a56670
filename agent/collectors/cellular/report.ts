import { cellular, cellularCarrier } from '../../../contract/measurements/cellular.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import { bandOf } from './bands.ts';
import { consolidateCarriers } from './carriers.ts';
import { addressesOf, consolidateContexts } from './contexts.ts';
import type { Carrier, Cell, ModemFacts } from './facts.ts';
import { chooseRegistration, technologyInUse } from './summary.ts';

const NEIGHBOURS_MAX = 64;

export interface ReportOptions {
  source: 'at' | 'modem-manager';
  /** The tag `modem`; none where a capture does not tell. */
  modem: string | undefined;
  notUnderstoodCount: number;
  /** The modem's network interface. */
  interface?: string | undefined;
}

/** The points of one modem: none when nothing is known of it. */
export function report(facts: ModemFacts, options: ReportOptions): CollectedMetric[] {
  const carriers = consolidateCarriers(facts);
  const [primary] = carriers;
  const registration = chooseRegistration(facts.registrations ?? []);
  const state = registration?.state;
  const known: Reading<typeof cellular> = {
    manufacturer: facts.manufacturer,
    model: facts.model,
    firmware: facts.firmware,
    sim_state: facts.simState,
    registration: state,
    registered: state === undefined ? undefined : state === 'home' || state === 'roaming',
    roaming: state === undefined ? undefined : state.startsWith('roaming'),
    technology: technologyInUse(facts, carriers),
    operator: facts.operator,
    operator_code: facts.operatorCode ?? primary?.operatorCode,
    ...(primary === undefined ? {} : cellReading(primary)),
    cell_id: primary?.cellId ?? registration?.cellId,
    tac: primary?.tac ?? registration?.tac,
    rssi_dbm: primary?.rssiDbm ?? facts.rssiDbm,
    signal_percent: facts.signalPercent,
    carrier_count: carriers.length === 0 ? undefined : carriers.length,
    ...neighbourReading(facts),
    ...contextReading(facts),
    ...temperatureReading(facts),
    rx_bytes: facts.rxBytes,
    tx_bytes: facts.txBytes,
    rx_bits_per_second: facts.rxBitsPerSecond,
    tx_bits_per_second: facts.txBitsPerSecond,
    rx_limit_bits_per_second: facts.rxLimitBitsPerSecond,
    tx_limit_bits_per_second: facts.txLimitBitsPerSecond,
  };
  if (Object.values(known).every((value) => value === undefined)) return [];
  const tags = options.modem === undefined ? {} : { modem: options.modem };
  const fields: Reading<typeof cellular> = {
    source: options.source,
    ...known,
    interface: options.interface,
    not_understood_count: options.notUnderstoodCount,
  };
  return [
    { name: cellular.name, tags, fields },
    ...carriers.map((carrier, index) => carrierPoint(carrier, { index, tags })),
  ];
}

function carrierPoint(
  carrier: Carrier,
  { index, tags }: { index: number; tags: Record<string, string> },
): CollectedMetric {
  const name = index === 0 ? 'primary' : `secondary-${index}`;
  const fields: Reading<typeof cellularCarrier> = { technology: carrier.technology, ...cellReading(carrier) };
  return { name: cellularCarrier.name, tags: { ...tags, carrier: name }, fields };
}

function cellReading(carrier: Carrier): Reading<typeof cellularCarrier> {
  return {
    band: carrier.band,
    arfcn: carrier.arfcn,
    pci: carrier.pci,
    cell_id: carrier.cellId,
    tac: carrier.tac,
    bandwidth_mhz: carrier.bandwidthMhz,
    subcarrier_spacing_khz: carrier.subcarrierSpacingKhz,
    duplex: carrier.duplex,
    rsrp_dbm: carrier.rsrpDbm,
    rsrq_db: carrier.rsrqDb,
    sinr_db: carrier.sinrDb,
    rssi_dbm: carrier.rssiDbm,
    rscp_dbm: carrier.rscpDbm,
    ecno_db: carrier.ecnoDb,
  };
}

function neighbourReading(facts: ModemFacts): Reading<typeof cellular> {
  const neighbours = (facts.neighbours ?? []).slice(0, NEIGHBOURS_MAX);
  if (neighbours.length === 0) return {};
  const list = neighbours.map((cell: Cell) => ({
    technology: cell.technology,
    arfcn: cell.arfcn,
    pci: cell.pci,
    band: cell.band ?? bandOf(cell.technology, cell.arfcn, facts.operatorCode ?? facts.carriers?.[0]?.operatorCode),
    rsrp_dbm: cell.rsrpDbm,
    rsrq_db: cell.rsrqDb,
    sinr_db: cell.sinrDb,
    rssi_dbm: cell.rssiDbm,
  }));
  return { neighbour_count: neighbours.length, neighbours: JSON.stringify(list) };
}

/** How many addresses there are is known only where an answer told of them. */
function contextReading({ contexts = [] }: ModemFacts): Reading<typeof cellular> {
  const inUse = consolidateContexts(contexts);
  const listed = inUse.length === 0 ? {} : { pdp_contexts: JSON.stringify(inUse) };
  if (contexts.every(({ ipv4, ipv6 }) => ipv4 === undefined && ipv6 === undefined)) return listed;
  const [ipv4, ipv6] = [addressesOf(inUse, 'ipv4'), addressesOf(inUse, 'ipv6')];
  return {
    ipv4_address_count: ipv4.length,
    ipv6_address_count: ipv6.length,
    ipv4_addresses: JSON.stringify(ipv4),
    ipv6_addresses: JSON.stringify(ipv6),
    ...listed,
  };
}

function temperatureReading({ temperatures = [] }: ModemFacts): Reading<typeof cellular> {
  if (temperatures.length === 0) return {};
  return {
    temperature_celsius: Math.max(...temperatures.map(({ celsius }) => celsius)),
    temperatures: JSON.stringify(temperatures),
  };
}
