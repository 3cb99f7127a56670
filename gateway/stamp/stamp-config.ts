import { type Static, Type } from '#typebox';
import { parseNetwork } from './network.ts';

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
