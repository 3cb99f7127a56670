import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { measureThroughput, throughputMetrics } from '../../../agent/throughput/measure.ts';
import { findTarget } from '../../../agent/throughput/target.ts';
import type { ThroughputArguments } from '../../../contract/throughput.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const fixtures = join(import.meta.dirname, '../fixtures/throughput');
const args: ThroughputArguments = {
  ...{ host: '127.0.0.1', port: 5201, families: ['ipv4', 'ipv6'], directions: ['up', 'down'] },
  ...{ bytes: 1_000_000, seconds: 5 },
};
const signal = new AbortController().signal;

/** A machine whose `iperf3` is this script of the shell; without one it has none. */
function machine(script?: string): { host: LinuxHost; calls: () => string } {
  const programs = temporaryDirectory();
  const calls = join(programs, 'calls');
  writeFileSync(calls, '');
  if (script !== undefined) {
    const path = join(programs, 'iperf3');
    writeFileSync(path, `#!/bin/sh\necho "$@" >> ${calls}\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return { host: new LinuxHost({ programs }), calls: () => readFileSync(calls, 'utf8') };
}

const print = (name: string): string => `while IFS= read -r line; do echo "$line"; done < ${fixtures}/${name}.json`;

function measure(host: LinuxHost, choice: Partial<ThroughputArguments> = {}, told: number[] = []) {
  const progress = (share: number): void => void told.push(share);
  return measureThroughput({ ...args, ...choice }, { host, gateway: 'mqtts://192.0.2.1:8883', signal, progress });
}

test('each family and direction is measured within its bounds; a family without an address says so', async () => {
  const { host, calls } = machine(`case "$*" in *--reverse*) ${print('down')};; *) ${print('up')};; esac`);
  const told: number[] = [];
  const result = await measure(host, {}, told);
  expect(result.target).toBe('127.0.0.1');
  expect(result.legs.map(({ family, direction, error }) => [family, direction, error === undefined])).toEqual([
    ['ipv4', 'up', true],
    ['ipv4', 'down', true],
    ['ipv6', 'up', false],
    ['ipv6', 'down', false],
  ]);
  expect(calls().split('\n').slice(0, 2)).toEqual([
    '--client 127.0.0.1 --version4 --port 5201 --bytes 1000000 --connect-timeout 3000 --json',
    '--client 127.0.0.1 --version4 --port 5201 --bytes 1000000 --connect-timeout 3000 --json --reverse',
  ]);
  expect([0, 0.25, 0.5].every((share) => told.some((one) => Math.abs(one - share) < 0.1))).toBe(true);
  expect(throughputMetrics(result)[1]).toMatchObject({
    name: 'throughput',
    tags: { target: '127.0.0.1', family: 'ipv4', direction: 'down' },
    fields: { bytes: expect.any(Number), retransmits: expect.any(Number) },
  });
});

test('an upload that does not end in its time is run once more by time: only the other side knows what has arrived', async () => {
  const { host, calls } = machine(`case "$*" in *--time*) ${print('up')};; *) ${print('up-interrupted')};; esac`);
  const { legs } = await measure(host, { families: ['ipv4'], directions: ['up'] });
  expect(legs).toEqual([expect.objectContaining({ bytes: 5_560_592, seconds: 17.197118 })]);
  expect(calls().trim().split('\n')).toEqual([
    expect.stringContaining(' --bytes 1000000 '),
    expect.stringContaining(' --time 5 '),
  ]);
});

test('without iperf3 it says what to install', async () => {
  await expect(measure(machine().host)).rejects.toMatchObject({
    code: 'program_missing',
    message: expect.stringContaining('apt install iperf3'),
  });
});

test('a server that is between two legs is tried again; one that never comes fails with its word', {
  timeout: 30_000,
}, async () => {
  const { host, calls } = machine(
    `n=0; while read -r line; do n=$((n + 1)); done < "\${0%/*}/calls"; if [ $n -ge 3 ]; then ${print('up')}; else ${print('refused')}; fi`,
  );
  const once: Partial<ThroughputArguments> = { families: ['ipv4'], directions: ['up'] };
  expect(await measure(host, once)).toMatchObject({ legs: [{ bits_per_second: expect.any(Number) }] });
  expect(calls().trim().split('\n')).toHaveLength(3);
  await expect(measure(machine(print('refused')).host, once)).rejects.toMatchObject({
    code: 'measurement_failed',
    message: expect.stringContaining('Connection refused'),
  });
});

test("the gateway's own box has no network to measure; another family is found at the addresses that the gateway tells", async () => {
  const host = new LinuxHost();
  const { host: _server, ...own } = args;
  await expect(findTarget(host, 'mqtt://127.0.0.1:1883', own)).rejects.toMatchObject({ code: 'same_machine' });
  const port = await freePort();
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  const told = { ...own, addresses: ['2001:db8::1', '127.0.0.1'] };
  expect(await findTarget(host, `mqtts://[::ffff]:${port}`, { ...told, families: ['ipv4'] })).toEqual({
    target: 'gateway',
    addresses: { ipv4: '127.0.0.1', ipv6: '::ffff' },
  });
});
