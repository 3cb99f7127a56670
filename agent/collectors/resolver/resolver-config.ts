import { isIP } from 'node:net';
import { type Static, Type } from '#typebox';

/** Names asked for in a cycle, of each server. */
export const QUERIES_MAX = 4;
const EXPECTED_MAX = 16;

const HOST_NAME_MAX_CHARS = 253;
/** One part of a host name (RFC 1123 §2.1); services have names with underscores. */
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/i;

/** A name that is asked for, and where it may lead. */
export const resolverQuery = Type.Object(
  {
    name: Type.Refine(
      Type.String({ maxLength: HOST_NAME_MAX_CHARS }),
      (text) => text.split('.').every((part) => label.test(part)),
      () => 'expected a host name such as portal.school.example',
    ),
    expect: Type.Array(
      Type.Refine(
        Type.String(),
        (text) => parseNetwork(text) !== undefined,
        () => 'expected an address or a network such as 192.0.2.7 or 2001:db8::/32',
      ),
      { maxItems: EXPECTED_MAX, default: [], description: `at most ${EXPECTED_MAX} addresses and networks` },
    ),
  },
  { additionalProperties: false },
);
export type ResolverQuery = Static<typeof resolverQuery>;

/** What the collector is told under `agent.collectors.resolver`. */
export const resolverConfigSchema = Type.Object({
  queries: Type.Array(resolverQuery, {
    maxItems: QUERIES_MAX,
    default: [],
    description: `at most ${QUERIES_MAX} names, each { name: NAME, expect: [ADDRESS or NETWORK] }: what every name server is asked, and where the answers may lead; without any the servers of the root are asked for`,
  }),
});
export type ResolverConfig = Static<typeof resolverConfigSchema>;

export interface Network {
  address: string;
  prefixLength: number;
  family: 'ipv4' | 'ipv6';
}

/** Parses an address, or a network by its address and prefix length. @returns undefined when it is neither */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined;
  return {
    address,
    prefixLength: length === undefined ? bits : Number(length),
    family: version === 4 ? 'ipv4' : 'ipv6',
  };
}
