import { basename } from 'node:path';
import { CampusError } from '../../../contract/errors.ts';
import type { Host } from '../../host/host.ts';
import { type ModemFacts, mergeFacts } from './facts.ts';
import type { Interpretation } from './interpret.ts';
import { type MmcliReading, parseMmcli } from './mmcli.ts';

/** The service's group of processes exists while it runs: no process need be started to find out, nor others' be looked at. */
const SERVICE_GROUPS = [
  '/sys/fs/cgroup/system.slice/ModemManager.service',
  '/sys/fs/cgroup/systemd/system.slice/ModemManager.service',
];

const RUN_TIMEOUT_MS = 3000;
const OUTPUT_MAX_BYTES = 256 * 1024;
const MODEMS_MAX = 8;
const BEARERS_MAX = 4;

/** A modem that ModemManager has, and so its ports. */
export interface ManagedModem {
  /** D-Bus path. */
  path: string;
  reading: MmcliReading;
}

/** True while ModemManager runs under systemd. */
export async function isModemManagerRunning(host: Host): Promise<boolean> {
  const groups = await Promise.all(SERVICE_GROUPS.map((path) => host.readDir(path)));
  return groups.some((group) => group !== undefined);
}

/**
 * The modems that ModemManager has, by the last part of their place in sysfs (`1-1.3`).
 * @throws CampusError `serial_busy` when it cannot be asked, for then nobody knows whose the ports are
 */
export async function managedModems(host: Host, signal: AbortSignal): Promise<Map<string, ManagedModem>> {
  const { modems } = await mmcli(host, ['-L'], signal);
  const managed = new Map<string, ManagedModem>();
  for (const path of modems.slice(0, MODEMS_MAX)) {
    const reading = await mmcli(host, ['-m', path], signal);
    if (reading.device !== undefined) managed.set(basename(reading.device), { path, reading });
  }
  return managed;
}

/**
 * What ModemManager knows of one modem: signal, cells where the modem tells of them, connections. Levels are there only when their polling is switched on
 * (`mmcli -m 0 --signal-setup=30`), which the agent may not.
 * @returns a function that reads on, remembering what a modem does not support
 */
export function createManagedReader(): (
  host: Host,
  modem: ManagedModem,
  signal: AbortSignal,
) => Promise<Interpretation> {
  const withoutCells = new Set<string>();
  return async (host, { path, reading }, signal) => {
    const readings = [reading, await mmcli(host, ['-m', path, '--signal-get'], signal)];
    if (!withoutCells.has(path)) {
      const cells = await mmcli(host, ['-m', path, '--get-cell-info'], signal).catch(() => undefined);
      if (cells === undefined) withoutCells.add(path);
      else readings.push(cells);
    }
    for (const bearer of reading.bearers.slice(0, BEARERS_MAX)) {
      readings.push(await mmcli(host, ['-b', bearer], signal));
    }
    const facts: ModemFacts = mergeFacts(readings.map((entry) => entry.facts));
    return { facts, notUnderstood: readings.flatMap(({ notUnderstood }) => notUnderstood), failures: [] };
  };
}

async function mmcli(host: Host, args: readonly string[], signal: AbortSignal): Promise<MmcliReading> {
  const output = await host.run('mmcli', ['-J', ...args], {
    signal,
    timeoutMs: RUN_TIMEOUT_MS,
    maxBytes: OUTPUT_MAX_BYTES,
  });
  if (output !== undefined) return parseMmcli(output);
  throw new CampusError('serial_busy', 'ModemManager runs, and mmcli, which could ask it, is not installed');
}
