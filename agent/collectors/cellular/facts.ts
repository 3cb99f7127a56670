/** Radio technologies of one carrier. */
export type CarrierTechnology = 'gsm' | 'umts' | 'lte' | 'nr';

/** What a modem uses as a whole. */
export type Technology = 'gsm' | 'umts' | 'lte' | 'nb-iot' | 'en-dc' | 'nr-sa';

/** Levels of one carrier or cell; unknown ones are undefined. */
export interface Signal {
  technology: CarrierTechnology;
  rsrpDbm?: number | undefined;
  rsrqDb?: number | undefined;
  sinrDb?: number | undefined;
  rssiDbm?: number | undefined;
  rscpDbm?: number | undefined;
  ecnoDb?: number | undefined;
}

/** A cell with its levels. */
export interface Cell extends Signal {
  arfcn?: number | undefined;
  pci?: number | undefined;
  /** B3, n78. */
  band?: string | undefined;
}

/** A cell that carries the modem's data. */
export interface Carrier extends Cell {
  primary?: boolean | undefined;
  cellId?: string | undefined;
  tac?: string | undefined;
  bandwidthMhz?: number | undefined;
  subcarrierSpacingKhz?: number | undefined;
  duplex?: 'fdd' | 'tdd' | undefined;
  operatorCode?: string | undefined;
}

/** The values of `registration`; the domain says by which of the registration commands. */
export type RegistrationState =
  | 'not-registered'
  | 'home'
  | 'searching'
  | 'denied'
  | 'unknown'
  | 'roaming'
  | 'home-sms-only'
  | 'roaming-sms-only'
  | 'emergency-only';

export interface Registration {
  domain: '5gs' | 'eps' | 'ps' | 'cs' | 'cell';
  state: RegistrationState;
  tac?: string | undefined;
  cellId?: string | undefined;
  technology?: Technology | undefined;
}

/** A connection of the modem (PDP context, EPS bearer or PDU session). */
export interface PdpContext {
  cid: number;
  apn?: string | undefined;
  active?: boolean | undefined;
  /** Undefined where an answer does not tell of addresses. */
  ipv4?: string[] | undefined;
  ipv6?: string[] | undefined;
  dns?: string[] | undefined;
}

export type SimState =
  | 'ready'
  | 'absent'
  | 'pin-required'
  | 'puk-required'
  | 'pin2-required'
  | 'puk2-required'
  | 'locked'
  | 'busy'
  | 'failed'
  | 'not-ready';

export interface Temperature {
  sensor: string;
  celsius: number;
}

/** What an answer tells of the modem: what it does not tell is undefined or an empty list. */
export interface ModemFacts {
  manufacturer?: string | undefined;
  model?: string | undefined;
  firmware?: string | undefined;
  simState?: SimState | undefined;
  operator?: string | undefined;
  operatorCode?: string | undefined;
  technology?: Technology | undefined;
  signalPercent?: number | undefined;
  /** Of whatever technology is in use. */
  rssiDbm?: number | undefined;
  registrations?: Registration[];
  carriers?: Carrier[];
  /** Levels without a word of the cell. */
  signals?: Signal[];
  neighbours?: Cell[];
  contexts?: PdpContext[];
  temperatures?: Temperature[];
  rxBytes?: number | undefined;
  txBytes?: number | undefined;
  rxBitsPerSecond?: number | undefined;
  txBitsPerSecond?: number | undefined;
  rxLimitBitsPerSecond?: number | undefined;
  txLimitBitsPerSecond?: number | undefined;
}

/** All facts together: of a value told twice the first counts, lists are joined. */
export function mergeFacts(parts: readonly ModemFacts[]): ModemFacts {
  const join = <K extends ListName>(name: K): NonNullable<ModemFacts[K]> =>
    parts.flatMap((part): unknown[] => part[name] ?? []) as NonNullable<ModemFacts[K]>;
  return {
    ...firstKnown(parts),
    registrations: join('registrations'),
    carriers: join('carriers'),
    signals: join('signals'),
    neighbours: join('neighbours'),
    contexts: join('contexts'),
    temperatures: join('temperatures'),
  };
}

type ListName = 'registrations' | 'carriers' | 'signals' | 'neighbours' | 'contexts' | 'temperatures';

/** The values of several objects in one: of each the first that is known. */
export function firstKnown<T extends object>(parts: readonly T[]): T {
  const known = parts.toReversed().map((part) => Object.entries(part).filter(([, value]) => value !== undefined));
  return Object.fromEntries(known.flat()) as T;
}
