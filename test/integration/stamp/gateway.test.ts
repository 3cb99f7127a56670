import { createSocket } from 'node:dgram';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPath } from '../../../agent/collectors/path/path.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { GatewayProcess } from '../agent/gateway-process.ts';

/** Starts a gateway that is to answer STAMP on a port. */
async function startGateway(stampPort: number): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.start(temporaryDirectory(), { CAMPUS_STAMP_PORT: String(stampPort) });
  onTestFinished(() => gateway.end());
  return gateway;
}

async function reflectedBy({ httpPort }: GatewayProcess): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return Number(/^campus_stamp_reflected_total (\d+)$/m.exec(text)?.[1]);
}

describe('the gateway', () => {
  test('answers the agent’s packets, and counts them', async () => {
    const port = await freePort();
    const gateway = await startGateway(port);
    const config = {
      ...{ packets: 10, packet_interval_ms: 20, first_hop: false, dns: false, gateway: false, stamp_port: port },
      servers: [`stamp://127.0.0.1:${port}`, `stamp://[::1]:${port}`],
    };
    const metrics = await createPath().collect(new LinuxHost(), config, AbortSignal.timeout(8000));
    if ('notPresent' in metrics) throw new Error('nothing was measured');
    expect(metrics.map(({ tags, fields }) => [tags['family'], tags['method'], fields['received_count']])).toEqual([
      ['ipv4', 'stamp', 10],
      ['ipv6', 'stamp', 10],
    ]);
    for (const { fields } of metrics) expect(fields['jitter_backward_ms']).toBeGreaterThanOrEqual(0);
    await until('the counts', async () => (await reflectedBy(gateway)) === 20);
  });

  test('runs without a reflector where the port is taken', async () => {
    const port = await freePort();
    const taken = createSocket('udp6');
    onTestFinished(() => void taken.close());
    await new Promise<void>((resolve) => taken.bind(port, resolve));
    const gateway = await startGateway(port);
    expect(await reflectedBy(gateway)).toBe(0);
    expect(gateway.output).toContain(`port ${port} on this machine is taken by another program`);
  });
});
