import type { Host } from '../../host/host.ts';
import { parseFailure } from '../../parse-failure.ts';

/**
 * Whether each radio is switched on: not blocked, by a key or by software (rfkill; Raspberry Pi OS blocks Wi-Fi until the country is set).
 * @returns by radio; those that have no switch are left out
 */
export async function readSwitches(host: Host, radios: readonly string[]): Promise<Map<string, boolean>> {
  const switches = new Map<string, boolean>();
  for (const radio of radios) {
    const directory = `/sys/class/ieee80211/${radio}`;
    const name = (await host.readDir(directory))?.find((entry) => /^rfkill\d+$/.test(entry));
    const path = `${directory}/${name}/state`;
    const text = name === undefined ? undefined : await host.readFile(path);
    if (text !== undefined) switches.set(radio, parseSwitch(text, path));
  }
  return switches;
}

/** Parses state: 0 blocked by software, 1 on, 2 blocked by a key (Documentation/ABI/stable/sysfs-class-rfkill). */
export function parseSwitch(text: string, source: string): boolean {
  const state = text.trim();
  if (!/^[012]$/.test(state)) throw parseFailure({ source, line: 1 }, '0, 1 or 2', state);
  return state === '1';
}
