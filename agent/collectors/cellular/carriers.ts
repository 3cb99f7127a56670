import { bandOf } from './bands.ts';
import { type Carrier, firstKnown, type ModemFacts } from './facts.ts';

/** Carriers that a point is made of: what networks aggregate is far less. */
const CARRIERS_MAX = 16;

/**
 * The carriers in use, the primary one first. Several answers tell of the same carrier: they are put together by technology and channel, and levels
 * that come without a cell go to the first carrier of their technology.
 */
export function consolidateCarriers(facts: ModemFacts): Carrier[] {
  const carriers: Carrier[] = [];
  for (const carrier of facts.carriers ?? []) {
    const index = carriers.findIndex((known) => isSame(known, carrier));
    const known = carriers[index];
    if (known === undefined) carriers.push(carrier);
    else carriers[index] = firstKnown([known, carrier]);
  }
  for (const signal of facts.signals ?? []) {
    const index = carriers.findIndex(({ technology }) => technology === signal.technology);
    const known = carriers[index];
    if (known === undefined) carriers.push(signal);
    else carriers[index] = firstKnown<Carrier>([known, signal]);
  }
  const named = carriers.map((carrier) => ({
    ...carrier,
    band: carrier.band ?? bandOf(carrier.technology, carrier.arfcn, carrier.operatorCode ?? facts.operatorCode),
  }));
  return named.toSorted((a, b) => rank(a) - rank(b)).slice(0, CARRIERS_MAX);
}

function isSame(a: Carrier, b: Carrier): boolean {
  if (a.technology !== b.technology) return false;
  if (a.arfcn !== undefined && b.arfcn !== undefined) return a.arfcn === b.arfcn;
  return a.pci === undefined || b.pci === undefined || a.pci === b.pci;
}

/** In EN-DC the anchor is LTE, whatever an answer says first. */
function rank({ primary, technology }: Carrier): number {
  if (primary === true) return 0;
  return (primary === false ? 4 : 1) + (technology === 'nr' ? 1 : 0);
}
