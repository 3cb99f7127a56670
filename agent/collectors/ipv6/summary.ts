import { type Ipv6Summary, ipv6Summaries } from '../../../contract/measurements/ipv6.ts';
import type { ListedAddress } from './listed-address.ts';

export interface SummaryInput {
  addresses: readonly ListedAddress[];
  hasRouter: boolean;
  /** The target that answered. */
  answered: string | undefined;
}

/** How far IPv6 gets on this machine: each level contains those before it. */
export function summarise({ addresses, hasRouter, answered }: SummaryInput): { summary: Ipv6Summary; level: number } {
  const usable = addresses.filter(isUsable);
  const summary = summaryOf(usable, hasRouter, answered);
  return { summary, level: ipv6Summaries.indexOf(summary) };
}

/** Before duplicate address detection has passed, an address may not be used (RFC 4862 §5.4). */
export function isUsable({ tentative, dad_failed }: ListedAddress): boolean {
  return !tentative && !dad_failed;
}

/** True when an address reaches beyond its link. */
export function isRoutable({ scope }: ListedAddress): boolean {
  return scope !== 'link-local';
}

function summaryOf(usable: readonly ListedAddress[], hasRouter: boolean, answered: string | undefined): Ipv6Summary {
  if (usable.length === 0) return 'none';
  if (!usable.some(isRoutable)) return 'link-local';
  if (!hasRouter) return 'addressed';
  return answered === undefined ? 'routed' : 'reachable';
}
