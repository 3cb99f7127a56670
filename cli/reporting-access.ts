import { channelTopic } from '../contract/topics.ts';
import type { DeviceAccess } from '../gateway/admin.ts';
import { readGatewayConfig } from '../gateway/config.ts';
import type { Home } from '../runtime/home.ts';
import { portFromEnv } from '../runtime/ports.ts';

/** Everything a device needs to report. */
export interface ReportingAccess extends DeviceAccess {
  /** Where its telemetry goes. */
  topic: string;
  /** The broker, e.g. `mqtt://127.0.0.1:1883`. */
  url: string;
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
  const { host } = readGatewayConfig(home.configFile).gateway.mqtt;
  return {
    ...access,
    topic: channelTopic(access.site, device, 'telemetry'),
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${portFromEnv('CAMPUS_MQTT_PORT', env)}`,
  };
}
