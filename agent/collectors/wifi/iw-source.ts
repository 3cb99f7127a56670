import type { Heard } from './facts.ts';
import { parseInterfaces, type WifiInterface } from './interfaces.ts';
import type { Programs } from './programs.ts';
import { parseRadios, type Radio } from './radios.ts';
import { parseStations } from './stations.ts';
import { parseSurvey } from './survey.ts';

/** Interfaces that are asked about at most: each costs a process. */
const INTERFACES_MAX = 16;

/** What radios can do, which stays as it is while they are there. */
export interface KnownRadios {
  names: string;
  radios: Radio[];
}

/**
 * Asks iw: one process for all interfaces, one for the stations of each, one for the air around each radio.
 * @param radios of /sys/class/ieee80211
 * @returns undefined when iw is not installed
 * @throws CampusError `parse_failed`, and Error when iw cannot list the interfaces
 */
export async function hearIw(programs: Programs, heard: Heard): Promise<boolean> {
  const text = await programs.run('iw', ['dev']);
  if (text === undefined) return false;
  const interfaces = parseInterfaces(text);
  heard.interfaces.push(...interfaces);
  const named = interfaces.filter(hasName).slice(0, INTERFACES_MAX);
  for (const { name, mode } of named) {
    if (mode !== 'station' && mode !== 'access-point') continue;
    const stations = await programs.ask('iw', ['dev', name, 'station', 'dump'], (output) => parseStations(output));
    if (stations === undefined) continue;
    heard.asked.add(name);
    heard.stations.push(...stations);
  }
  for (const [radio, name] of listeners(named)) {
    const surveys = await programs.ask('iw', ['dev', name, 'survey', 'dump'], (output) => parseSurvey(output));
    const sharing = named.filter((one) => one.radio === radio);
    for (const survey of surveys ?? []) {
      heard.surveys.push(...sharing.map((one) => ({ ...survey, interface: one.name })));
    }
  }
  return true;
}

/** Asks iw what the radios can do. It is asked again when there are others. */
export async function hearRadios(
  programs: Programs,
  names: readonly string[],
  known: KnownRadios | undefined,
): Promise<KnownRadios | undefined> {
  const key = names.join(' ');
  if (known?.names === key) return known;
  const radios = await programs.ask('iw', ['phy'], (output) => parseRadios(output));
  return radios === undefined ? undefined : { names: key, radios };
}

function hasName(candidate: WifiInterface): candidate is WifiInterface & { name: string } {
  return candidate.name !== undefined;
}

/** For each radio the interface that it is asked through: one that has a channel, where there is one. */
function listeners(interfaces: readonly (WifiInterface & { name: string })[]): Map<string, string> {
  const names = new Map<string, string>();
  const busyFirst = [...interfaces].sort((a, b) => Number(b.channel !== undefined) - Number(a.channel !== undefined));
  for (const { radio, name } of busyFirst) if (radio !== undefined && !names.has(radio)) names.set(radio, name);
  return names;
}
