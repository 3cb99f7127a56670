import type { Host } from '../host/host.ts';
import type { AddressFamily } from './check.ts';
import { parseSettings, type Setting } from './settings-file.ts';
import { type ListeningSocket, parseListening, type Transport } from './sockets.ts';

export interface Listening extends ListeningSocket {
  transport: Transport;
  family: AddressFamily;
}

/** What listens over one family beyond this machine; undefined where the kernel does not tell (no such family). */
export async function readListening(host: Host, family: AddressFamily): Promise<Listening[] | undefined> {
  const found: Listening[] = [];
  let told = false;
  for (const transport of ['tcp', 'udp'] as const) {
    const text = await host.readFile(`/proc/net/${transport}${family === 'ipv6' ? '6' : ''}`);
    if (text === undefined) continue;
    told = true;
    const sockets = parseListening(text, transport, family).filter(({ loopback }) => !loopback);
    found.push(...sockets.map((socket) => ({ ...socket, transport, family })));
  }
  return told ? found : undefined;
}

/** The settings of a file and, where there are any, of the `*.conf` files of the directory beside it; empty when there is none. */
export async function readSettings(host: Host, path: string): Promise<Setting[]> {
  return parseSettings((await host.readFile(path)) ?? '');
}

/** The settings of `PATH.d/*.conf`, in the order of their names. */
export async function readDropIns(host: Host, path: string): Promise<Setting[]> {
  const names = ((await host.readDir(`${path}.d`)) ?? []).filter((name) => name.endsWith('.conf'));
  const texts = await Promise.all(names.map((name) => readSettings(host, `${path}.d/${name}`)));
  return texts.flat();
}

export interface PamRule {
  path: string;
  text: string;
}

/** Files of PAM rules that every log-in goes through: Debian's, then Fedora's. */
const PAM_FILES = ['common-auth', 'common-account', 'common-password', 'system-auth', 'password-auth'];

/** The rules of those files (pam.d(5)), without comments. */
export async function readPam(host: Host): Promise<PamRule[]> {
  const rules: PamRule[] = [];
  for (const name of PAM_FILES) {
    const path = `/etc/pam.d/${name}`;
    const lines = ((await host.readFile(path)) ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim());
    rules.push(...lines.filter((text) => text !== '').map((text) => ({ path, text })));
  }
  return rules;
}
