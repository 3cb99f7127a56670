import { CampusError } from '../../../contract/errors.ts';
import type { NotUnderstood } from '../../decode/decoded.ts';
import type {
  Carrier,
  CarrierTechnology,
  Cell,
  ModemFacts,
  RegistrationState,
  Signal,
  SimState,
  Technology,
} from './facts.ts';
import { operatorNamed } from './standard/operator.ts';
import { parsePdpAddress } from './standard/pdp-address.ts';
import { hasLevel } from './standard/signal.ts';

type JsonObject = Record<string, unknown>;

/** What `mmcli` told, with all that could not be read. */
export interface MmcliReading {
  facts: ModemFacts;
  /** Paths of the modems (`-L`). */
  modems: string[];
  /** Paths of the modem's bearers. */
  bearers: string[];
  /** The modem's ports with their use: `ttyUSB2 (at)`, `wwan0 (net)`. */
  ports: string[];
  /** The modem's device in sysfs. */
  device: string | undefined;
  notUnderstood: NotUnderstood[];
}

/**
 * Parses what `mmcli -J` prints (ModemManager, cli/mmcli-output.c): every value is a text or a list of texts, `--` where there is none.
 *
 *     {"modem-list":["/org/freedesktop/ModemManager1/Modem/0"]}
 *     {"modem":{"3gpp":{"operator-code":"46001","registration-state":"home"},"generic":{"model":"EM12-G","state":"connected"}}}
 *     {"modem":{"signal":{"5g":{"rsrp":"--"},"lte":{"rsrp":"-92.00","rsrq":"-9.00","rssi":"-64.00","snr":"19.20"}}}}
 *     {"bearer":{"ipv4-config":{"address":"10.0.0.7","dns":["10.0.0.53"]},"properties":{"apn":"internet"},"status":{"connected":"yes"}}}
 *
 * IMEI, phone numbers and SIM are passed over.
 * @throws CampusError `parse_failed`
 */
export function parseMmcli(text: string): MmcliReading {
  const root = parseJson(text);
  const reader = new Reader(root);
  const facts: ModemFacts = {
    ...modemFacts(reader),
    signals: signals(reader),
    ...cells(reader),
    ...bearerFacts(reader),
  };
  return {
    facts,
    modems: reader.list('modem-list'),
    bearers: reader.list('modem.generic.bearers'),
    ports: reader.list('modem.generic.ports'),
    device: reader.text('modem.generic.device'),
    notUnderstood: reader.notUnderstood,
  };
}

/** Values by their path; one that is no number where one should be is noted. */
class Reader {
  readonly notUnderstood: NotUnderstood[] = [];
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  #value(path: string): unknown {
    return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), this.#root);
  }

  text(path: string): string | undefined {
    const value = this.#value(path);
    return typeof value === 'string' && value !== '--' && value !== '' ? value : undefined;
  }

  list(path: string): string[] {
    const value = this.#value(path);
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
  }

  number(path: string): number | undefined {
    const text = this.text(path);
    return text === undefined ? undefined : this.parse(path, text);
  }

  parse(field: string, text: string): number | undefined {
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isNaN(value)) return value;
    return this.unclear(field, text);
  }

  unclear(field: string, value: string): undefined {
    this.notUnderstood.push({ line: 1, field, value });
    return undefined;
  }
}

/** `MM_MODEM_3GPP_REGISTRATION_STATE_*` by nickname. */
const registrations: Readonly<Record<string, RegistrationState>> = {
  idle: 'not-registered',
  home: 'home',
  searching: 'searching',
  denied: 'denied',
  unknown: 'unknown',
  roaming: 'roaming',
  'home-sms-only': 'home-sms-only',
  'roaming-sms-only': 'roaming-sms-only',
  'emergency-only': 'emergency-only',
  'home-csfb-not-preferred': 'home',
  'roaming-csfb-not-preferred': 'roaming',
  'attached-rlos': 'emergency-only',
};

function modemFacts(reader: Reader): ModemFacts {
  const state = reader.text('modem.3gpp.registration-state');
  const known = state === undefined ? undefined : (registrations[state] ?? reader.unclear('registration-state', state));
  const code = reader.text('modem.3gpp.operator-code');
  return {
    manufacturer: reader.text('modem.generic.manufacturer'),
    model: reader.text('modem.generic.model'),
    firmware: reader.text('modem.generic.revision'),
    operator: reader.text('modem.3gpp.operator-name'),
    operatorCode: code === undefined ? undefined : operatorNamed(code).operatorCode,
    signalPercent: reader.number('modem.generic.signal-quality.value'),
    technology: technologyOf(reader.list('modem.generic.access-technologies')),
    simState: simState(reader),
    registrations: known === undefined ? [] : [{ domain: 'eps', state: known }],
  };
}

/** `MM_MODEM_ACCESS_TECHNOLOGY_*`: LTE and 5GNR at once are EN-DC. */
function technologyOf(names: readonly string[]): Technology | undefined {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/^5gnr$/)) return has(/^lte/) ? 'en-dc' : 'nr-sa';
  if (has(/nb-?iot/)) return 'nb-iot';
  if (has(/^lte/)) return 'lte';
  if (has(/^(umts|hs)/)) return 'umts';
  return has(/^(gsm|gprs|edge)/) ? 'gsm' : undefined;
}

/** A modem that failed says why; one that is locked says by what. A SIM that waits for its second PIN only is in use. */
function simState(reader: Reader): SimState | undefined {
  const failure = reader.text('modem.generic.state-failed-reason');
  if (failure === 'sim-missing') return 'absent';
  if (failure !== undefined && failure !== 'none' && failure.startsWith('sim')) return 'failed';
  const locked = reader.text('modem.generic.unlock-required');
  if (locked === 'sim-pin') return 'pin-required';
  if (locked === 'sim-puk') return 'puk-required';
  if (locked?.startsWith('ph-') === true) return 'locked';
  return reader.text('modem.generic.sim') === undefined ? undefined : 'ready';
}

const signalNames: readonly [key: string, technology: CarrierTechnology][] = [
  ['5g', 'nr'],
  ['lte', 'lte'],
  ['umts', 'umts'],
  ['gsm', 'gsm'],
];

function signals(reader: Reader): Signal[] {
  const found = signalNames.map(([key, technology]): Signal => {
    const level = (name: string): number | undefined => reader.number(`modem.signal.${key}.${name}`);
    return {
      technology,
      rsrpDbm: level('rsrp'),
      rsrqDb: level('rsrq'),
      sinrDb: level('snr'),
      rssiDbm: level('rssi'),
      rscpDbm: level('rscp'),
      ecnoDb: level('ecio'),
    };
  });
  return found.filter(hasLevel);
}

const cellTypes: Readonly<Record<string, CarrierTechnology>> = { '5gnr': 'nr', lte: 'lte', umts: 'umts', gsm: 'gsm' };

/**
 * `mmcli --get-cell-info` (libmm-glib/mm-cell-info-*.c); identities are hexadecimal, the bandwidth is in kHz.
 *
 *     cell type: lte, serving: yes, operator id: 46001, tac: DE10, ci: 05F1EA15, physical ci: C, earfcn: 1650, rsrp: -99.0, rsrq: -12.0
 */
function cells(reader: Reader): Pick<ModemFacts, 'carriers' | 'neighbours'> {
  const all = reader.list('modem.generic.cell-info').flatMap((line) => parseCell(reader, line));
  return {
    carriers: all.filter(({ serving }) => serving).map(({ carrier }) => carrier),
    neighbours: all.filter(({ serving }) => !serving).map(({ carrier }): Cell => carrier),
  };
}

function parseCell(reader: Reader, line: string): { serving: boolean; carrier: Carrier }[] {
  const values = new Map(
    line.split(', ').map((part) => [part.slice(0, part.indexOf(': ')), part.slice(part.indexOf(': ') + 2)]),
  );
  const technology = cellTypes[values.get('cell type') ?? ''];
  if (technology === undefined) {
    reader.unclear('cell-info', line);
    return [];
  }
  const number = (...names: string[]): number | undefined => {
    const text = names.map((name) => values.get(name)).find((value) => value !== undefined);
    return text === undefined ? undefined : reader.parse(`cell-info ${names[0]}`, text);
  };
  const hex = (name: string): string | undefined =>
    values
      .get(name)
      ?.toUpperCase()
      .replace(/^0+(?=.)/, '');
  const [pci, bandwidth] = [hex('physical ci'), number('bandwidth')];
  const code = values.get('operator id');
  const carrier: Carrier = {
    technology,
    operatorCode: code === undefined ? undefined : operatorNamed(code).operatorCode,
    tac: hex('tac') ?? hex('lac'),
    cellId: hex('ci'),
    pci: pci === undefined || !/^[0-9A-F]+$/.test(pci) ? undefined : Number.parseInt(pci, 16),
    arfcn: number('nrarfcn', 'earfcn', 'uarfcn', 'arfcn'),
    rsrpDbm: number('rsrp'),
    rsrqDb: number('rsrq'),
    sinrDb: number('sinr'),
    rscpDbm: number('rscp'),
    ecnoDb: number('ecio'),
    bandwidthMhz: bandwidth === undefined ? undefined : bandwidth / 1000,
  };
  return [{ serving: values.get('serving') === 'yes', carrier }];
}

/** A bearer is a connection; its number is the last part of its path. */
function bearerFacts(reader: Reader): ModemFacts {
  const path = reader.text('bearer.dbus-path') ?? reader.text('bearer.status.interface');
  if (path === undefined) return {};
  const address = (name: string): string[] => {
    const text = reader.text(`bearer.${name}.address`);
    const parsed = text === undefined ? undefined : parsePdpAddress(text);
    if (text !== undefined && parsed === null) reader.unclear(`${name} address`, text);
    return parsed === undefined || parsed === null ? [] : [parsed.address];
  };
  return {
    contexts: [
      {
        cid: Number(/\d+$/.exec(path)?.[0] ?? 0),
        apn: reader.text('bearer.properties.apn'),
        active: reader.text('bearer.status.connected') === 'yes',
        ipv4: address('ipv4-config'),
        ipv6: address('ipv6-config'),
        dns: [...reader.list('bearer.ipv4-config.dns'), ...reader.list('bearer.ipv6-config.dns')],
      },
    ],
    rxBytes: reader.number('bearer.stats.bytes-rx'),
    txBytes: reader.number('bearer.stats.bytes-tx'),
  };
}

function parseJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CampusError('parse_failed', `mmcli: expected JSON, got ${JSON.stringify(text.slice(0, 40))}`, {
      cause: error,
    });
  }
  if (!isObject(value) || !['modem', 'modem-list', 'bearer'].some((key) => Object.hasOwn(value, key))) {
    throw new CampusError('parse_failed', 'mmcli: expected an object with modem, modem-list or bearer');
  }
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
