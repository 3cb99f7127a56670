import { limits } from '../../../contract/limits.ts';
import { type AddressScope, encodeAddress, scopeOf } from './address.ts';
import type { KernelAddress } from './if-inet6.ts';
import type { IpFacts } from './ip-facts.ts';
import { addressKey } from './ip-facts.ts';
import type { KernelRoute } from './ipv6-route.ts';
import { type AddressOrigin, originOf } from './origin.ts';

/** An address as the measurement's `addresses` lists it. */
export interface ListedAddress {
  address: string;
  prefix_length: number;
  scope: Exclude<AddressScope, 'loopback'>;
  origin: AddressOrigin;
  temporary: boolean;
  deprecated: boolean;
  tentative: boolean;
  dad_failed: boolean;
  interface: string;
}

const scopeRank = { global: 0, ula: 1, 'link-local': 2 } as const;

/** The addresses that lead beyond the machine, the widest scope first; none of the loopback interface. */
export function listAddresses(
  addresses: readonly KernelAddress[],
  facts: IpFacts | undefined,
  routes: readonly KernelRoute[],
): ListedAddress[] {
  const listed = addresses.flatMap((address): ListedAddress[] => {
    const scope = scopeOf(address.groups);
    if (scope === 'loopback' || address.interface === 'lo') return [];
    const text = encodeAddress(address.groups);
    return [
      {
        address: text,
        prefix_length: address.prefixLength,
        scope,
        origin: originOf(address, facts?.addresses.get(addressKey(address.interface, text)), routes),
        temporary: address.temporary,
        deprecated: address.deprecated,
        tentative: address.tentative,
        dad_failed: address.dadFailed,
        interface: address.interface,
      },
    ];
  });
  return listed.sort(
    (one, other) =>
      scopeRank[one.scope] - scopeRank[other.scope] ||
      compareText(one.interface, other.interface) ||
      compareText(one.address, other.address),
  );
}

/** A list as JSON within the bound of a field: what does not fit is left off its end. */
export function encodeList(entries: readonly object[]): string {
  const texts: string[] = [];
  let chars = 2;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    chars += text.length + 1;
    if (chars > limits.stringFieldChars) break;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
