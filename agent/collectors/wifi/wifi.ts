import { Type } from '#typebox';
import type { Collected, CollectedMetric, Collector } from '../../collector.ts';
import { Changes } from './changes.ts';
import { type Heard, interfaceFacts, nothingHeard } from './facts.ts';
import { hearHostapd, type KnownAccessPoints } from './hostapd-source.ts';
import { hearIw, hearRadios, type KnownRadios } from './iw-source.ts';
import { Programs } from './programs.ts';
import { clientMetric, type InterfaceFacts, interfaceMetric } from './reading.ts';
import { readSwitches } from './switches.ts';
import { hearUbusInterfaces } from './ubus-source.ts';

/** Clients of one device that get a point each, well below the series that a device may have; all of them are counted. */
const CLIENTS_MAX = 500;

const configSchema = Type.Object({
  hostapd_directory: Type.String({
    pattern: '^/[^\\u0000]{0,90}$',
    default: '/var/run/hostapd',
    description: 'the directory of hostapd’s control sockets (its ctrl_interface)',
  }),
});

export interface WifiOptions {
  /** What stands for the address of a client; undefined while there is no key. */
  pseudonym: (mac: string) => string | undefined;
  /** A directory of the agent's own that other programs see. */
  directory: string;
}

/** Wi-Fi radios, links and clients, by iw and hostapd's control socket or by OpenWrt's ubus. */
export function createWifi({ pseudonym, directory }: WifiOptions): Collector<typeof configSchema, Collected> {
  const changes = new Changes();
  const unable = new Set<string>();
  const accessPoints: KnownAccessPoints = new Map();
  let radios: KnownRadios | undefined;
  return {
    name: 'wifi',
    defaultIntervalSeconds: 30,
    configSchema,
    async collect(host, { hostapd_directory: sockets }, signal) {
      const names = (await host.readDir('/sys/class/ieee80211')) ?? [];
      if (names.length === 0) return { notPresent: 'the machine has no Wi-Fi radio (/sys/class/ieee80211)' };
      // Other radios may be able to do what these could not.
      if (radios !== undefined && radios.names !== names.join(' ')) unable.clear();
      const programs = new Programs(host, signal, unable);
      const heard = nothingHeard();
      if (await hearIw(programs, heard)) {
        radios = await hearRadios(programs, names, radios);
        heard.radios.push(...(radios?.radios ?? []));
        await hearHostapd(programs, heard, { places: { sockets, answers: directory }, known: accessPoints });
      } else if (!(await hearUbusInterfaces(programs, heard))) {
        return { notPresent: `${names.join(', ')} cannot be asked: iw is not installed (Debian has it as package iw)` };
      }
      const metrics = toMetrics(heard, { changes, pseudonym, switches: await readSwitches(host, names) });
      const failures = [...programs.problems].map((problem) => new Error(problem));
      return failures.length === 0 ? metrics : { metrics, failures };
    },
  };
}

interface Translation extends Pick<WifiOptions, 'pseudonym'> {
  changes: Changes;
  switches: ReadonlyMap<string, boolean>;
}

function toMetrics(heard: Heard, { changes, pseudonym, switches }: Translation): CollectedMetric[] {
  changes.next();
  const interfaces: CollectedMetric[] = [];
  const clients: CollectedMetric[] = [];
  for (const facts of interfaceFacts(heard)) {
    const { name, radio } = facts.interface;
    if (name === undefined) continue;
    const utilisationPercent = changes.utilisationPercent(facts);
    const retryPercent = ownRetries(facts, changes);
    interfaces.push(
      interfaceMetric({
        ...facts,
        utilisationPercent,
        retryPercent,
        radioIsOn: switches.get(radio ?? '') ?? facts.radioIsOn,
      }),
    );
    for (const client of facts.clients ?? []) {
      const retries = changes.retryPercent(name, client.address, client);
      const known = pseudonym(client.address);
      const frequencyMhz = facts.interface.channel?.frequencyMhz;
      if (known === undefined || clients.length >= CLIENTS_MAX) continue;
      clients.push(clientMetric(client, { pseudonym: known, interface: name, frequencyMhz, retryPercent: retries }));
    }
  }
  return [...interfaces, ...clients];
}

function ownRetries(
  { interface: { name = '' }, bssid, connection }: InterfaceFacts,
  changes: Changes,
): number | undefined {
  return bssid === undefined || connection === undefined ? undefined : changes.retryPercent(name, bssid, connection);
}
