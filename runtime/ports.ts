import { CampusError } from '../contract/errors.ts';

/** The ports of an installation, each settable by its environment variable. */
export const defaultPorts = {
  CAMPUS_HTTP_PORT: 8080,
  CAMPUS_MQTT_PORT: 1883,
  CAMPUS_HTTPS_PORT: 8443,
  CAMPUS_MQTTS_PORT: 8883,
  CAMPUS_FLOWS_PORT: 1880,
  CAMPUS_STAMP_PORT: 8862,
  CAMPUS_THROUGHPUT_PORT: 5201,
} as const;

export type PortName = keyof typeof defaultPorts;

/** Ports of UDP; all others are of TCP. */
const udpPorts: ReadonlySet<PortName> = new Set<PortName>(['CAMPUS_STAMP_PORT']);

export function transportOf(name: PortName): 'tcp' | 'udp' {
  return udpPorts.has(name) ? 'udp' : 'tcp';
}

export interface OwnPort {
  port: number;
  transport: 'tcp' | 'udp';
}

/**
 * The port named by an environment variable, or its default.
 * @throws CampusError `port_invalid`: 0 is refused, for a port chosen by chance is one nobody can find
 */
export function portFromEnv(name: PortName, env: NodeJS.ProcessEnv): number {
  const text = env[name];
  if (text === undefined || text === '') return defaultPorts[name];
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) {
    throw new CampusError('port_invalid', `${name}: expected a port from 1 to 65535, got "${text}"`);
  }
  return port;
}

/** The ports that the product listens on, as the environment names them. @throws CampusError `port_invalid` */
export function ownPorts(env: NodeJS.ProcessEnv): OwnPort[] {
  return (Object.keys(defaultPorts) as PortName[]).map((name) => {
    return { port: portFromEnv(name, env), transport: transportOf(name) };
  });
}

/**
 * Checks every port that the environment names, those that are not used yet too: a wrong one is a mistake now and not at the next upgrade.
 * @throws CampusError `port_invalid`
 */
export function checkPorts(env: NodeJS.ProcessEnv): void {
  ownPorts(env);
}

/** Turns a listen failure into one clear line; other errors pass unchanged. */
export function listenError(error: unknown, what: PortName, host: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new CampusError(
      'port_taken',
      `port ${port} on ${host} is taken by another program: stop it, or set ${what} to a free port`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new CampusError(
      'port_invalid',
      `port ${port} on ${host} is not allowed for this user: set ${what} to a port above 1023`,
      { cause: error },
    );
  }
  return error;
}
