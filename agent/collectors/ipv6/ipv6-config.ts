import { type Static, Type } from '#typebox';
import { DUAL_STACK_TARGETS_MAX, parseDualStackTarget } from './dual-stack.ts';
import { parseTarget, TARGETS_MAX } from './reachability.ts';

/** What the collector is told under `agent.collectors.ipv6`. */
export const ipv6ConfigSchema = Type.Object({
  targets: Type.Array(
    Type.Refine(
      Type.String(),
      (text) => parseTarget(text) !== undefined,
      () => 'expected an IPv6 address and a port such as "[2001:db8::53]:53"',
    ),
    { maxItems: TARGETS_MAX, default: [], description: `at most ${TARGETS_MAX} targets such as "[2001:db8::53]:53"` },
  ),
  advertisements: Type.Boolean({
    default: true,
    description: 'true or false: whether routers are listened to, by rdisc6 where it is installed',
  }),
  probe_seconds: Type.Integer({
    minimum: 10,
    maximum: 86_400,
    default: 300,
    description: 'seconds between two measurements of the dual-stack targets and name servers, 10 to 86400',
  }),
  gateway: Type.Boolean({
    default: true,
    description: "true or false: whether the school's gateway is one of the dual-stack targets",
  }),
  dual_stack_targets: Type.Array(
    Type.Refine(
      Type.String(),
      (text) => parseDualStackTarget(text) !== undefined,
      () => 'expected a host and a port such as "www.example.edu.cn:443"',
    ),
    {
      maxItems: DUAL_STACK_TARGETS_MAX,
      uniqueItems: true,
      default: [],
      description: `at most ${DUAL_STACK_TARGETS_MAX} hosts with a port such as "www.example.edu.cn:443"`,
    },
  ),
  path_mtu: Type.Boolean({
    default: true,
    description: 'true or false: whether the path MTU to the dual-stack targets is measured, by ping',
  }),
  dns: Type.Boolean({
    default: true,
    description: 'true or false: whether the name servers are asked for ipv4only.arpa',
  }),
});
export type Ipv6Config = Static<typeof ipv6ConfigSchema>;

/** With nothing that goes over the network: for captures of other machines. */
export const passiveIpv6Config: Ipv6Config = {
  ...{ targets: [], advertisements: false, probe_seconds: 300, gateway: false },
  ...{ dual_stack_targets: [], path_mtu: false, dns: false },
};
