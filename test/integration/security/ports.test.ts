import { describe, expect, it, onTestFinished } from 'vitest';
import { Product } from '../../support/product.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { Namespace } from '../agent/namespace.ts';

/** Four addresses with 65,535 ports each, on a machine that may be busy. */
const PATIENCE_MS = 240_000;

/** Addresses of documentation (RFC 5737, RFC 3849): the machine's own, on a cable that leads back to it. */
const addresses = ['192.0.2.10', '2001:db8::10'] as const;
/** What services listen on that somebody put there: names, time, management, discovery, logs, phones, MQTT-SN and CoAP; and the product's own numbers. */
const udpPorts =
  '1-1024,1434,1645,1646,1700,1812,1813,1880,1883,1900,3702,4500,5004,5060,5353,5355,5683,5684,8080,8443,8883';

/** Open ports by the real nmap, as `tcp/8443`; what may be open and does not say so counts, too. */
function openPorts(space: Namespace, address: string, ports: string): string[] {
  const [protocol = '', range = ''] = ports.split(':');
  const scan = { tcp: '-sS', udp: '-sU' }[protocol] ?? '';
  const family = address.includes(':') ? ['-6'] : [];
  const options = ['-n', '-Pn', '--max-retries', '2', '--host-timeout', '50s', '-T5', '-oG', '-', '-p', range];
  const report = space.exec('nmap', scan, ...family, ...options, address);
  if (!report.includes('Status: Up') || report.includes('Timeout')) throw new Error(`nmap has not looked:\n${report}`);
  return [...report.matchAll(/(\d+)\/(open|open\|filtered)\/(tcp|udp)\//g)].map(
    ([, port, , kind]) => `${kind}/${port}`,
  );
}

describe.runIf(isRoot)('a box that is scanned', () => {
  it(
    'has open what the documents say, where they say it, over IPv4 and IPv6',
    async () => {
      const space = new Namespace();
      space.ip('link', 'add', 'room0', 'type', 'veth', 'peer', 'name', 'room1');
      space.ip('address', 'add', `${addresses[0]}/24`, 'dev', 'room0');
      space.ip('address', 'add', `${addresses[1]}/64`, 'dev', 'room0', 'nodad');
      for (const end of ['room0', 'room1']) space.ip('link', 'set', end, 'up');
      const product = await Product.prepare({ home: temporaryDirectory(), namespace: space.name });
      product.run();
      onTestFinished(async () => void (await product.stop()));
      await product.ready(60_000);
      await until('flows are ready', () => product.output.includes('flows are ready'), { timeoutMs: 40_000 });
      const everything = (address: string): string[] => [
        ...openPorts(space, address, 'tcp:1-65535'),
        ...openPorts(space, address, `udp:${udpPorts}`),
      ];
      const network = [product.httpsPort, product.mqttsPort];
      const here = [product.httpPort, product.mqttPort, product.flowsPort];
      const named = (ports: readonly number[]): string[] =>
        ports.toSorted((a, b) => a - b).map((port) => `tcp/${port}`);
      expect(everything('127.0.0.1')).toEqual(named([...network, ...here]));
      expect(everything('::1')).toEqual(named(network));
      for (const address of addresses) expect(everything(address), address).toEqual(named(network));

      // What listens besides would be found.
      space.start('socat', 'UDP6-RECV:5683,ipv6only=0', 'STDOUT');
      await until('it listens', () => space.exec('ss', '-Hlnu', 'sport', '=', ':5683') !== '');
      for (const address of addresses) expect(openPorts(space, address, 'udp:5683')).toEqual(['udp/5683']);
    },
    PATIENCE_MS,
  );
});
