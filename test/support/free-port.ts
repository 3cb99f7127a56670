import { createServer } from 'node:net';

/**
 * Ports below those that Linux gives to outgoing connections (32768 and up, ip-sysctl `ip_local_port_range`), so that none of these takes
 * one between here and its use; a range for each of the test runner's workers, so that they do not take one another's.
 */
const FIRST = 10_000;
const PER_WORKER = 5000;
const WORKERS = 4;

const first = FIRST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS) * PER_WORKER;
let next = Math.floor(Math.random() * PER_WORKER);

/** A TCP port on 127.0.0.1 that nobody listens on, and that is given to nobody else soon. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = untriedPort();
    if (await isFree(port)) return port;
  }
}

/** As `freePort`, for those who cannot wait: nobody else is given it soon, but a stranger may listen there. */
export function untriedPort(): number {
  return first + (next++ % PER_WORKER);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The ports of one gateway. */
export interface GatewayPorts {
  http: number;
  https: number;
  mqtt: number;
  mqtts: number;
  flows: number;
  stamp: number;
  throughput: number;
}

export async function freeGatewayPorts(): Promise<GatewayPorts> {
  return {
    http: await freePort(),
    https: await freePort(),
    mqtt: await freePort(),
    mqtts: await freePort(),
    flows: await freePort(),
    stamp: await freePort(),
    throughput: await freePort(),
  };
}

/** The environment that puts a gateway on these ports. */
export function portsInEnv({
  http,
  https,
  mqtt,
  mqtts,
  flows,
  stamp,
  throughput,
}: GatewayPorts): Record<string, string> {
  return {
    CAMPUS_HTTP_PORT: String(http),
    CAMPUS_HTTPS_PORT: String(https),
    CAMPUS_MQTT_PORT: String(mqtt),
    CAMPUS_MQTTS_PORT: String(mqtts),
    CAMPUS_FLOWS_PORT: String(flows),
    CAMPUS_STAMP_PORT: String(stamp),
    CAMPUS_THROUGHPUT_PORT: String(throughput),
  };
}
