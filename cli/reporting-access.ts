import { channelTopic } from '../contract/topics.ts';
import type { DeviceAccess } from '../gateway/admin.ts';
import { networkAccess, readGatewayConfig } from '../gateway/config.ts';
import type { Home } from '../runtime/home.ts';
import { portFromEnv } from '../runtime/ports.ts';

/** Everything a device needs to report. */
export interface ReportingAccess extends DeviceAccess {
  /** Where its telemetry goes. */
  topic: string;
  /** The broker for programs on the gateway itself, e.g. `mqtt://127.0.0.1:1883`. */
  url: string;
  /** The broker for other machines; absent where the gateway is for this machine alone, or has not run yet. */
  network?: NetworkAccess;
}

/** How other machines find the broker, and what they have to trust. */
export interface NetworkAccess {
  host: string;
  port: number;
  /** PEM. */
  ca: string;
}

/** The site of a home. @throws CampusError `config_invalid` */
export function siteOf(home: Home): string {
  return readGatewayConfig(home.configFile).site;
}

/** Adds to a device's credentials where they are used. @throws CampusError `config_invalid`, `port_invalid` */
export function reportingAccess(
  access: DeviceAccess,
  { device, home, env }: { device: string; home: Home; env: NodeJS.ProcessEnv },
): ReportingAccess {
  const { gateway } = readGatewayConfig(home.configFile);
  const { host } = gateway.mqtt;
  const network = networkAccess(home, gateway.tls, portFromEnv('CAMPUS_MQTTS_PORT', env));
  return {
    ...access,
    topic: channelTopic(access.site, device, 'telemetry'),
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${portFromEnv('CAMPUS_MQTT_PORT', env)}`,
    ...(network === undefined ? {} : { network }),
  };
}
