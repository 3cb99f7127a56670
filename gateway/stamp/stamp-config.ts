import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';

const SOURCES_MAX = 64;
const sourceForms = 'local, an address, or a network such as 2001:db8:5::/48';

/** The reflector, which answers test packets of the agents (RFC 8762). It listens where `gateway.tls.host` says. */
export const stampConfig = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description: 'true or false: whether the path to this gateway can be measured',
    }),
    sources: Type.Array(
      Type.Refine(
        Type.String(),
        (text) => text === 'local' || parseNetwork(text) !== undefined,
        () => `expected ${sourceForms}`,
      ),
      {
        maxItems: SOURCES_MAX,
        default: ['local'],
        description: `at most ${SOURCES_MAX} sources that are answered, each ${sourceForms}; local: private addresses (RFC 1918, RFC 4193), link-local ones, and the networks of this machine`,
      },
    ),
  },
  { additionalProperties: false, default: {} },
);
export type StampConfig = Static<typeof stampConfig>;

export interface Network {
  address: string;
  prefixLength: number;
  family: 'ipv4' | 'ipv6';
}

/** Parses an address, or one with a prefix length: `10.20.0.0/16`, `2001:db8:5::/48`. @returns undefined when it is neither */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', digits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefixLength = digits === undefined ? bits : /^\d{1,3}$/.test(digits) ? Number(digits) : bits + 1;
  return prefixLength > bits ? undefined : { address, prefixLength, family: version === 4 ? 'ipv4' : 'ipv6' };
}
