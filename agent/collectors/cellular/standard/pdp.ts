import type { Row } from '../at/row.ts';
import type { ModemFacts, PdpContext } from '../facts.ts';
import { isIpv4Mask, type PdpAddress, parsePdpAddress } from './pdp-address.ts';

/** Contexts that a modem may have; more are none that a network gives. */
const CID_MAX = 255;

/**
 * Parses +CGPADDR (3GPP TS 27.007 §10.1.14): context and its addresses, of one family or both.
 *
 *     +CGPADDR: 1,"10.5.116.238","36.14.4.126.50.161.14.202.24.202.181.234.228.233.162.202"
 *     +CGPADDR: 1,"10.5.116.238","240e:47e:32a1:eca:18ca:b5ea:e4e9:a2ca"
 *     +CGPADDR: 2
 */
export function parseCgpaddr(row: Row): ModemFacts {
  const cid = contextNumber(row);
  if (cid === undefined) return {};
  // Some modems put both addresses into one pair of quotes.
  const texts = row.parameters.slice(1).flatMap(({ text }) => text.split(','));
  return { contexts: [{ cid, ...byFamily(readAddresses(row, 'address', texts)) }] };
}

/**
 * Parses +CGCONTRDP (3GPP TS 27.007 §10.1.23): context, bearer, APN, address with mask, gateway, two name servers. Modems of release 8 part the
 * mask from the address.
 *
 *     +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","10.0.0.7.255.255.255.0","10.0.0.1","10.0.0.53","10.0.0.54"
 *     +CGCONTRDP: 1,5,"internet","10.0.0.7","255.255.255.0","10.0.0.1","10.0.0.53","10.0.0.54"
 */
export function parseCgcontrdp(row: Row): ModemFacts {
  const cid = contextNumber(row);
  if (cid === undefined) return {};
  row.needs(3);
  const server = isIpv4Mask(row.text(4) ?? '') ? 6 : 5;
  const servers = readAddresses(row, 'DNS', [row.text(server) ?? '', row.text(server + 1) ?? '']);
  const addresses = readAddresses(row, 'address', [row.text(3) ?? '']);
  const dns = servers.map(({ address }) => address);
  return { contexts: [{ cid, apn: row.text(2), active: true, ...byFamily(addresses), dns }] };
}

/**
 * Parses +CGACT (3GPP TS 27.007 §10.1.10).
 *
 *     +CGACT: 1,1
 */
export function parseCgact(row: Row): ModemFacts {
  const cid = contextNumber(row);
  if (cid === undefined) return {};
  row.needs(2);
  const state = row.number(1, 'state', { least: 0, greatest: 1 });
  return { contexts: [{ cid, active: state === undefined ? undefined : state === 1 }] };
}

/**
 * Parses +CGEQOSRDP and +C5GQOSRDP (3GPP TS 27.007 §10.1.28, §10.1.50): the last pair is the bit rate that the network allows (AMBR), downlink
 * and uplink, in kbit/s.
 *
 *     +CGEQOSRDP: 1,9,0,0,0,0,300000,50000
 */
export function parseQos(row: Row): ModemFacts {
  const rate = (index: number, field: string): number | undefined => {
    const kbits = row.number(index, field, { least: 0, greatest: 1e9 });
    return kbits === undefined || kbits === 0 ? undefined : kbits * 1000;
  };
  return { rxLimitBitsPerSecond: rate(6, 'DL_AMBR'), txLimitBitsPerSecond: rate(7, 'UL_AMBR') };
}

/** The number of a context; undefined for the list of a test command. */
function contextNumber(row: Row): number | undefined {
  if (row.text(0)?.startsWith('(') === true) return undefined;
  const cid = row.number(0, 'cid', { least: 0, greatest: CID_MAX });
  if (cid === undefined) throw row.failure('the number of a context');
  return cid;
}

/** The addresses among some texts; what is none is noted. */
function readAddresses(row: Row, field: string, texts: readonly string[]): PdpAddress[] {
  return texts.flatMap((text) => {
    const parsed = text.trim() === '' ? undefined : parsePdpAddress(text);
    return (parsed === null ? row.unclear(field, text) : parsed) ?? [];
  });
}

function byFamily(addresses: readonly PdpAddress[]): Pick<PdpContext, 'ipv4' | 'ipv6'> {
  const ofFamily = (wanted: 4 | 6): string[] =>
    addresses.filter(({ family }) => family === wanted).map(({ address }) => address);
  return { ipv4: ofFamily(4), ipv6: ofFamily(6) };
}
