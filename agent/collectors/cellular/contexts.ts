import type { PdpContext } from './facts.ts';

/** Contexts that a point lists: modems have 16 at most, in use at once. */
const CONTEXTS_MAX = 16;

/** The connections in use, each told of once: several answers, and a line for each family, speak of the same. */
export function consolidateContexts(contexts: readonly PdpContext[]): PdpContext[] {
  const byCid = new Map<number, PdpContext>();
  for (const context of contexts) {
    const known = byCid.get(context.cid);
    byCid.set(context.cid, known === undefined ? context : join(known, context));
  }
  const inUse = [...byCid.values()].filter(isInUse);
  return inUse.toSorted((a, b) => a.cid - b.cid).slice(0, CONTEXTS_MAX);
}

function isInUse({ active, ipv4 = [], ipv6 = [] }: PdpContext): boolean {
  return active === true || ipv4.length + ipv6.length > 0;
}

function join(a: PdpContext, b: PdpContext): PdpContext {
  const both = (name: 'ipv4' | 'ipv6' | 'dns'): string[] | undefined =>
    a[name] === undefined && b[name] === undefined ? undefined : [...new Set([...(a[name] ?? []), ...(b[name] ?? [])])];
  return {
    cid: a.cid,
    apn: a.apn ?? b.apn,
    active: a.active ?? b.active,
    ipv4: both('ipv4'),
    ipv6: both('ipv6'),
    dns: both('dns'),
  };
}

/** The addresses of one family over all connections; link-local ones (fe80::/10) reach nobody. */
export function addressesOf(contexts: readonly PdpContext[], family: 'ipv4' | 'ipv6'): string[] {
  const all = contexts.flatMap((context) => context[family] ?? []);
  return [...new Set(all)].filter((address) => !/^fe[89ab]/i.test(address));
}
