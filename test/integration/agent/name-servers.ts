import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../../support/until.ts';
import type { Namespace } from './namespace.ts';

/** Sets the name servers of what is started in a namespace from now on: `ip netns exec` lays this file over /etc/resolv.conf (ip-netns(8)). */
export function setNameServers(namespace: Namespace, servers: readonly string[]): void {
  const dir = `/etc/netns/${namespace.name}`;
  mkdirSync(dir, { recursive: true });
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const lines = [...servers.map((server) => `nameserver ${server}`), 'options timeout:1 attempts:1', ''];
  writeFileSync(join(dir, 'resolv.conf'), lines.join('\n'));
}

/** Starts a real name server in a namespace, on all of its addresses, that knows these hosts (`name,address,address`) and asks nobody. */
export async function startNameServer(namespace: Namespace, hosts: readonly string[]): Promise<void> {
  const plain = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-hosts',
    '--no-resolv',
    '--pid-file=',
    '--user=root',
  ];
  namespace.start('dnsmasq', ...plain, ...hosts.map((host) => `--host-record=${host}`));
  await until('the name server listens', () => namespace.execQuietly('ss', '-lun').includes(':53 '));
}
