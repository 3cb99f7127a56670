import { CampusError } from '../../../contract/errors.ts';
import type { NotUnderstood } from '../../decode/decoded.ts';
import { type AtLine, type AtReply, answersBare } from './at/exchange.ts';
import { isBareUnsolicited, prefixOf } from './at/result.ts';
import { Row } from './at/row.ts';
import { type ModemFacts, mergeFacts } from './facts.ts';
import { isAboutIdentity, withoutIdentities } from './identities.ts';
import { parseIdentification } from './standard/identification.ts';
import { parseCops } from './standard/operator.ts';
import { parseCgact, parseCgcontrdp, parseCgpaddr, parseQos } from './standard/pdp.ts';
import { parseRegistration } from './standard/registration.ts';
import { parseCesq, parseCsq, parseXcesq } from './standard/signal.ts';
import { parseCpin, simStateOf } from './standard/sim.ts';
import { parseGtcainfo, parseGtccinfo, parseGtsenrdtemp } from './vendor/fibocom.ts';
import {
  parseChiptemp,
  parseDhcp,
  parseHcsq,
  parseMonsc,
  parseOtherCells,
  parseSysinfo,
  parseSysinfoex,
} from './vendor/huawei.ts';
import { parseQcainfo, parseQgdcnt, parseQnwcfg, parseQnwinfo, parseQspn, parseQtemp } from './vendor/quectel.ts';
import { parseQeng } from './vendor/quectel-cells.ts';

/** What the answers of a modem tell, with all that could not be read. */
export interface Interpretation {
  facts: ModemFacts;
  notUnderstood: NotUnderstood[];
  failures: CampusError[];
}

/** Every answer that is understood, by its prefix. Where two tell the same, the one that stands first here counts: it is the more exact. */
const parsers: Readonly<Record<string, (row: Row) => ModemFacts>> = {
  '+QENG': parseQeng,
  '^MONSC': parseMonsc,
  '^MONSSC': parseOtherCells,
  '^MONNC': parseOtherCells,
  '+QCAINFO': parseQcainfo,
  '+GTCAINFO': parseGtcainfo,
  '+GTCCINFO': parseGtccinfo,
  '+QNWINFO': parseQnwinfo,
  '+QSPN': parseQspn,
  '^HCSQ': parseHcsq,
  '+CESQ': parseCesq,
  '+XCESQ': parseXcesq,
  '+CSQ': parseCsq,
  '+COPS': parseCops,
  '+C5GREG': parseRegistration,
  '+CEREG': parseRegistration,
  '+CGREG': parseRegistration,
  '+CREG': parseRegistration,
  '+CPIN': parseCpin,
  '^SYSINFOEX': parseSysinfoex,
  '^SYSINFO': parseSysinfo,
  '+CGCONTRDP': parseCgcontrdp,
  '+CGPADDR': parseCgpaddr,
  '+CGACT': parseCgact,
  '^DHCP': parseDhcp,
  '+QNETDEVSTATUS': parseDhcp,
  '+C5GQOSRDP': parseQos,
  '+CGEQOSRDP': parseQos,
  '+QTEMP': parseQtemp,
  '+GTSENRDTEMP': parseGtsenrdtemp,
  '^CHIPTEMP': parseChiptemp,
  '+QNWCFG': parseQnwcfg,
  '+QGDCNT': parseQgdcnt,
  '+QGDNRCNT': parseQgdcnt,
};

const order = Object.keys(parsers);

/** Answers whose rows stand on lines of their own below the prefix. */
const lists = new Set(['+GTCCINFO', '+GTCAINFO']);

/** Answers about settings and states of which nothing is reported, and what modems report by themselves. */
const otherPrefixes = new Set([
  ...['+CFUN', '+CBC', '+CGATT', '+CGDCONT', '+CMEE', '+GCAP', '+WS46', '+CLCK', '+CSCS', '+CGEREP', '+CGEV', '+CTZV'],
  ...[
    '+CTZU',
    '+QIND',
    '+QUIMSLOT',
    '+QCFG',
    '+QNWPREFCFG',
    '+QNWLOCK',
    '+QNETDEVCTL',
    '+QICSGP',
    '+QSIMSTAT',
    '+QUSIM',
  ],
  ...[
    '+GTACT',
    '+GTUSBMODE',
    '^RSSI',
    '^MODE',
    '^SRVST',
    '^SIMST',
    '^BOOT',
    '^DSFLOWRPT',
    '^NWTIME',
    '^STIN',
    '^CERSSI',
  ],
  ...['^NDISSTAT', '^NDISSTATQRY', '^SYSCFGEX'],
]);

/** Reads the answers of a modem. Of a command that was answered several times, the last answer counts. */
export function interpret(replies: readonly AtReply[]): Interpretation {
  const found: { rank: number; facts: ModemFacts }[] = [];
  const notUnderstood: NotUnderstood[] = [];
  const failures: CampusError[] = [];
  const add = (rank: number, read: () => ModemFacts): void => {
    try {
      found.push({ rank, facts: read() });
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      failures.push(error);
    }
  };
  for (const reply of lastOfEach(replies)) {
    if (isAboutIdentity(reply.command ?? '')) continue;
    const { command = '', lines, result } = reply;
    if (result?.ok === false) add(order.length, () => ({ simState: simStateOf(result.text) }));
    if (answersBare(command)) {
      add(order.length, () => parseIdentification(command, lines));
      continue;
    }
    const { rows, strangers, failures: broken } = rowsOf(lines);
    failures.push(...broken);
    for (const row of rows) {
      add(order.indexOf(row.prefix), () => parseRow(row));
      notUnderstood.push(...row.notUnderstood);
    }
    notUnderstood.push(...strangers);
  }
  const sorted = found.toSorted((a, b) => a.rank - b.rank);
  return { facts: mergeFacts(sorted.map(({ facts }) => facts)), notUnderstood, failures };
}

function parseRow(row: Row): ModemFacts {
  return parsers[row.prefix]?.(row) ?? {};
}

/** Without an echo, the first line says what an answer is about: its prefix, and the keyword that vendors put first. */
function lastOfEach(replies: readonly AtReply[]): AtReply[] {
  const byCommand = new Map(
    replies.map((reply) => [
      (reply.command ?? /^[^:]*:\s*("[^"]*")?/.exec(reply.lines[0]?.text ?? '')?.[0] ?? '').toUpperCase(),
      reply,
    ]),
  );
  return [...byCommand.values()];
}

interface Rows {
  rows: Row[];
  strangers: NotUnderstood[];
  failures: CampusError[];
}

/** Takes the lines of an answer apart; those below the prefix of a list belong to it. */
function rowsOf(lines: readonly AtLine[]): Rows {
  const found: Rows = { rows: [], strangers: [], failures: [] };
  let list: string | undefined;
  for (const line of lines) {
    const prefix = prefixOf(line.text);
    const belongsTo = prefix ?? list;
    const text = prefix === undefined ? line.text : line.text.slice(line.text.indexOf(':') + 1).trim();
    if (prefix !== undefined) list = lists.has(prefix) ? prefix : undefined;
    if (belongsTo !== undefined && Object.hasOwn(parsers, belongsTo)) addRow(found, { prefix: belongsTo, text, line });
    else if (!isOther(line.text, prefix)) {
      found.strangers.push({ line: line.number, field: prefix ?? 'line', value: withoutIdentities(line.text) });
    }
  }
  return found;
}

function isOther(text: string, prefix: string | undefined): boolean {
  // A search for networks goes on over several lines of lists.
  if (prefix === undefined) return isBareUnsolicited(text) || text.startsWith('(');
  return otherPrefixes.has(prefix) || isAboutIdentity(prefix);
}

function addRow(
  { rows, failures }: Rows,
  { prefix, text, line }: { prefix: string; text: string; line: AtLine },
): void {
  // A list begins below its prefix, and has titles: `LTE service cell:`.
  if (lists.has(prefix) && (text === '' || /cell\s*:$/i.test(text))) return;
  try {
    rows.push(new Row(prefix, text, line));
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    failures.push(error);
  }
}
