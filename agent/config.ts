import { type Static, type TObject, Type } from '#typebox';
import { logConfig, siteConfig } from '../runtime/base-config.ts';
import { checkConfig, readConfigFile } from '../runtime/config-file.ts';
import { checkGatewayUrl, gatewayUrlConfig } from '../runtime/gateway-url.ts';
import type { Home } from '../runtime/home.ts';
import { baselineConfig } from './baseline/config.ts';
import { roomCheckConfig } from './check/config.ts';
import type { AnyCollector } from './collector.ts';
import { createCollectors } from './collectors/index.ts';
import { throughputConfig } from './throughput/throughput-config.ts';

const closed = { additionalProperties: false, default: {} } as const;

/** What every collector may be told, beside its own keys. */
function collectorConfig({ defaultIntervalSeconds, configSchema }: AnyCollector) {
  return Type.Object(
    {
      enabled: Type.Boolean({ default: true, description: 'true or false' }),
      interval_seconds: Type.Number({
        minimum: 1,
        maximum: 3600,
        default: defaultIntervalSeconds,
        description: 'seconds from 1 to 3600',
      }),
      ...configSchema.properties,
    },
    closed,
  );
}

const outboxConfig = Type.Object(
  {
    max_bytes: Type.Integer({
      minimum: 1024 * 1024,
      maximum: 64 * 1024 ** 3,
      // A gateway that fails on a Friday is mended on Monday: four days of a box with the usual collectors.
      default: 256 * 1024 * 1024,
      description: 'a number of bytes, at least 1048576 (1 MiB)',
    }),
    durability: Type.Union([Type.Literal('auto'), Type.Literal('always')], {
      default: 'auto',
      description: 'auto (to disk when the gateway does not answer) or always (each message to disk first)',
    }),
    // Every agent of a school drains at once: 200 of them make 4,000 messages a second, which a gateway takes beside the fresh ones, and
    // half a day of samples is sent in minutes. The upper bound stays below what the gateway allows one client by default.
    replay_messages_per_second: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 20,
      description: 'messages a second that are sent from disk after an outage, 1 to 1000',
    }),
  },
  closed,
);

/** The keys of campus-edge.yaml that the agent reads. */
export const agentConfigSchema = Type.Object({
  site: siteConfig,
  log: logConfig,
  agent: Type.Object(
    {
      gateway: Type.Optional(gatewayUrlConfig),
      collectors: Type.Object(
        Object.fromEntries(createCollectors().map((collector) => [collector.name, collectorConfig(collector)])),
        closed,
      ),
      outbox: outboxConfig,
      baseline: baselineConfig,
      check: roomCheckConfig,
      throughput: throughputConfig,
    },
    closed,
  ),
}) satisfies TObject;

export type AgentConfig = Static<typeof agentConfigSchema>;
export type OutboxConfig = Static<typeof outboxConfig>;

/**
 * Reads and checks the agent's part of the configuration.
 * @throws CampusError `config_invalid`; `tls_required` when the password would cross a network in clear
 */
export function readAgentConfig(home: Home): AgentConfig {
  const config = checkConfig(home.configFile, readConfigFile(home.configFile), agentConfigSchema);
  checkGatewayUrl(home.configFile, 'agent.gateway', config.agent.gateway);
  return config;
}
