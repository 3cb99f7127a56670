import { type Static, Type } from '#typebox';
import { SENDING_MAX_MS } from './schedule.ts';
import { parsePathServer, SERVERS_MAX, serverForms } from './server.ts';

/** What the collector is told under `agent.collectors.path`. */
export const pathConfigSchema = Type.Object({
  packets: Type.Integer({
    minimum: 2,
    maximum: 250,
    default: 20,
    description: 'packets to each target in each cycle, 2 to 250; ICMP sends at most 25, TCP at most 10',
  }),
  packet_interval_ms: Type.Integer({
    minimum: 10,
    maximum: 1000,
    default: 50,
    description: `milliseconds between two packets, 10 to 1000; all of a cycle are sent within ${SENDING_MAX_MS}`,
  }),
  first_hop: Type.Boolean({
    default: true,
    description: 'true or false: whether the next hop of each family is measured',
  }),
  dns: Type.Boolean({ default: true, description: 'true or false: whether the name servers are measured' }),
  gateway: Type.Boolean({ default: true, description: "true or false: whether the school's gateway is measured" }),
  stamp_port: Type.Integer({
    minimum: 1,
    maximum: 65_535,
    default: 8862,
    description: "the UDP port of the gateway's reflector, as its CAMPUS_STAMP_PORT has it",
  }),
  servers: Type.Array(
    Type.Refine(
      Type.String(),
      (text) => parsePathServer(text) !== undefined,
      () => `expected ${serverForms}`,
    ),
    {
      maxItems: SERVERS_MAX,
      uniqueItems: true,
      default: [],
      description: `at most ${SERVERS_MAX} lesson servers, each written ${serverForms}`,
    },
  ),
});
export type PathConfig = Static<typeof pathConfigSchema>;
