import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createNetwork } from '../../../agent/collectors/network/network.ts';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';

/** The counters of /proc/net/dev by interface, read without the agent's parser. */
function countersOfProc(): Map<string, number[]> {
  const lines = readFileSync('/proc/net/dev', 'utf8').trimEnd().split('\n').slice(2);
  return new Map(
    lines.map((line) => {
      const [name = '', columns = ''] = line.split(/:(?!.*:)/);
      return [name.trim(), columns.trim().split(/\s+/).map(Number)];
    }),
  );
}

/** Sends twenty datagrams of 1,000 bytes to this machine itself. */
const send = `
const { createSocket } = require('node:dgram');
const server = createSocket('udp6').bind(0, '::1', async () => {
  const client = createSocket('udp6');
  for (let n = 0; n < 20; n++) await new Promise((done) => client.send(Buffer.alloc(1000), server.address().port, '::1', done));
  client.close();
  server.close();
});`;

describe('the network collector', () => {
  test('agrees with /proc/net/dev on every interface of this machine', async () => {
    const before = countersOfProc();
    const metrics = await createNetwork().collect(new LinuxHost(), {}, new AbortController().signal);
    const after = countersOfProc();
    if ('notPresent' in metrics) throw new Error('this machine has no network');
    expect(metrics.map(({ tags }) => tags['interface'])).toEqual([...after.keys()]);
    const fields = [
      'rx_bytes',
      'rx_packets',
      'rx_errors',
      'rx_dropped',
      '',
      '',
      '',
      'multicast',
      'tx_bytes',
      'tx_packets',
    ];
    for (const metric of metrics) {
      const name = metric.tags['interface'] ?? '';
      for (const [column, field] of fields.entries()) {
        if (field === '') continue;
        const value = Number(metric.fields[field]);
        expect(value, `${name} ${field}`).toBeGreaterThanOrEqual(before.get(name)?.[column] ?? 0);
        expect(value, `${name} ${field}`).toBeLessThanOrEqual(after.get(name)?.[column] ?? 0);
      }
    }
  });

  test('tells interfaces apart, with odd names too, and measures what flows', async () => {
    const namespace = new Namespace();
    namespace.ip('link', 'add', 'room0', 'type', 'veth', 'peer', 'name', 'é"[x]');
    namespace.ip('link', 'add', 'br.1', 'type', 'bridge');
    namespace.ip('tuntap', 'add', 'dev', 'tap0', 'mode', 'tap');
    for (const name of ['room0', 'é"[x]']) namespace.ip('link', 'set', name, 'up');
    const collect = namespace.collector('network');
    const kinds = (await collect()).map(({ tags, fields }) => [tags['interface'], tags['kind'], fields['virtual']]);
    expect(kinds).toEqual(
      expect.arrayContaining([
        ['lo', 'loopback', true],
        ['room0', 'veth', true],
        ['é"[x]', 'veth', true],
        ['br.1', 'bridge', true],
        ['tap0', 'tunnel', true],
      ]),
    );
    // Rates are over the time between two samples; when that was but a moment, there is none, and it takes another round.
    let rounds = 0;
    const loopback = await until('a rate', async () => {
      namespace.exec(process.execPath, '-e', send);
      rounds += 1;
      const found = (await collect()).find(({ tags }) => tags['interface'] === 'lo');
      return Number(found?.fields['rx_bits_per_second'] ?? 0) > 0 && found;
    });
    expect(loopback.fields['rx_packets']).toBe(20 * rounds);
    expect(loopback.fields['rx_bytes']).toBeGreaterThan(20_000);
    expect(loopback.fields['rx_bytes']).toBe(loopback.fields['tx_bytes']);
  });
});
