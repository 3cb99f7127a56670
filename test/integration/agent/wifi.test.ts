import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Collected } from '../../../agent/collector.ts';
import { fail, machine, show, wifiOf } from '../../agent/collectors/wifi-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// hostapd_cli itself, which speaks with a stand-in for hostapd: that one needs a radio, which test machines do not have.

const radios = { '/sys/class/ieee80211/phy0/rfkill0/state': '1\n' };
const standIn = join(import.meta.dirname, '../../support/hostapd-stand-in.pl');
const fixture = (name: string): string => join(import.meta.dirname, '../../agent/fixtures/wifi', name);
const iw = {
  dev: "/usr/bin/printf 'phy#0\\n\\tInterface wlan0\\n\\t\\taddr 02:00:00:00:00:00\\n\\t\\ttype AP\\n'",
  phy: show('iw-phy'),
  'dev wlan0 station dump': show('iw-station-dump-ap'),
  'dev wlan0 survey dump': fail('command failed: Operation not supported (-95)'),
};

/** A machine whose hostapd has its sockets in a directory, which stands in the machine's tree and in the real one under the same name. */
function accessPoint() {
  const sockets = join(temporaryDirectory(), 'hostapd');
  const answers = join(temporaryDirectory(), 'answers');
  for (const directory of [sockets, answers]) mkdirSync(directory);
  const { host, path } = machine({ ...radios, [join(sockets, 'wlan0')]: '' }, { iw });
  symlinkSync('/usr/sbin/hostapd_cli', join(path, 'hostapd_cli'));
  return { sockets, answers, path, collect: wifiOf(host, { sockets, directory: answers }).collect };
}

async function startHostapd(sockets: string): Promise<ChildProcess> {
  const files = [join(sockets, 'wlan0'), fixture('hostapd-all-sta'), fixture('hostapd-status')];
  const child = spawn('perl', [standIn, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  return child;
}

function failuresOf(result: Collected): string {
  return 'failures' in result ? result.failures.map(({ message }) => message).join('; ') : '';
}

test('clients are asked for by hostapd’s control socket', async () => {
  const { sockets, answers, collect } = accessPoint();
  await startHostapd(sockets);
  const metrics = await collect();
  expect(metrics).toContainEqual(
    expect.objectContaining({
      tags: { interface: 'wlan0', radio: 'phy0', mode: 'access-point' },
      fields: expect.objectContaining({
        ...{ generation: '6', client_count: 2, client_wifi6_count: 1, client_legacy_count: 1, radio_generation: '4' },
      }),
    }),
  );
  expect(metrics).toContainEqual({
    name: 'wifi_client',
    tags: { client: 'client of 01', interface: 'wlan0' },
    fields: expect.objectContaining({ generation: '6', signal_dbm: -60, connected_seconds: 61 }),
  });
  // The program's own socket is gone again.
  expect(readdirSync(answers)).toEqual([]);
});

test('a hostapd that is dead is an error, and the clients are those that the kernel counts', async () => {
  const { sockets, collect } = accessPoint();
  const child = await startHostapd(sockets);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const result = await collect();
  expect(failuresOf(result)).toEqual(expect.stringMatching(/hostapd_cli .*: Failed to connect to hostapd.*refused/));
  expect('failures' in result && result.metrics).toContainEqual(
    expect.objectContaining({ fields: expect.objectContaining({ client_count: 1 }) }),
  );
});

test('a hostapd that does not answer is an error, in time', async () => {
  const { sockets, collect } = accessPoint();
  const child = await startHostapd(sockets);
  child.kill('SIGSTOP');
  expect(failuresOf(await collect())).toMatch(/hostapd_cli .* all_sta: no answer within 2000 ms/);
});

test('without permission for its socket the error says so', async () => {
  const { sockets, answers, path, collect } = accessPoint();
  await startHostapd(sockets);
  for (const directory of [dirname(sockets), sockets, dirname(answers)]) chmodSync(directory, 0o755);
  chmodSync(answers, 0o777);
  chmodSync(join(sockets, 'wlan0'), 0o660);
  // As another user: root is let in everywhere.
  const program = join(path, 'hostapd_cli');
  rmSync(program);
  const other = 'exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups /usr/sbin/hostapd_cli "$@"';
  writeFileSync(program, `#!/bin/sh\n${other}\n`, { mode: 0o755 });
  expect(failuresOf(await collect())).toMatch(/all_sta: Failed to connect to hostapd.*Permission denied/);
});
