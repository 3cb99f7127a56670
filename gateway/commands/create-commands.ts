import { randomBytes } from 'node:crypto';
import type { Logger } from '../../runtime/log.ts';
import { alertId } from '../alerts/alert-id.ts';
import type { Broker } from '../broker/broker.ts';
import type { GatewayConfig } from '../config.ts';
import { ownNames } from '../pki/own-names.ts';
import type { Registry } from '../registry/registry.ts';
import { Nightly } from '../throughput/nightly.ts';
import { throughputGrant } from '../throughput/throughput-grant.ts';
import { throughputKind } from '../throughput/throughput-kind.ts';
import { checkKind } from './check-kind.ts';
import { Commands } from './commands.ts';

const ID_RANDOM_BYTES = 16;

export interface CreateCommandsOptions {
  registry: Pick<Registry, 'commands' | 'devices'>;
  config: GatewayConfig;
  /** Of iperf3, while a device measures. */
  throughputPort: number;
  /** The gateway's own machine, as a device. */
  ownDevice: string;
  publish: Broker['publish'];
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/** The commands that this gateway gives, and the schedule by which it gives some by itself. */
export function createCommands(options: CreateCommandsOptions): { commands: Commands; nightly: Nightly } {
  const { registry, config, throughputPort, ownDevice, publish, log, now } = options;
  const { site, gateway } = config;
  const { devices, commands: table } = registry;
  const grant = throughputGrant({
    ...{ config: gateway.throughput, tlsHost: gateway.tls.host, port: throughputPort },
    ownDevice: { site, device: ownDevice },
    addresses: () => ownNames([]).ips.filter((address) => address !== '127.0.0.1' && address !== '::1'),
  });
  const commands = new Commands({
    ...{ table, devices, publish, log, now },
    kinds: { throughput: throughputKind(grant), check: checkKind(grant) },
    newId: () => alertId(now(), randomBytes(ID_RANDOM_BYTES)),
    monotonicMs: () => performance.now(),
  });
  return { commands, nightly: new Nightly({ site, config: gateway.throughput, commands, table, devices, log, now }) };
}
