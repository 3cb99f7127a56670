import type { Heard } from './facts.ts';
import { hearByUbus, isOpenWrt } from './hostapd-source.ts';
import type { Programs } from './programs.ts';
import { clientOfNeighbour, interfaceOfInfo, parseUbus, surveyOfResult } from './ubus.ts';
import { infoShape, neighboursShape, surveyShape } from './ubus-shapes.ts';

/**
 * Asks OpenWrt's ubus, where iw is not installed: three processes for each interface, and one more for an access point.
 * @returns false when there is no ubus
 */
export async function hearUbusInterfaces(programs: Programs, heard: Heard): Promise<boolean> {
  if (!(await isOpenWrt(programs))) return false;
  for (const name of await wirelessInterfaces(programs)) {
    const device = JSON.stringify({ device: name });
    const call = (method: string): string[] => ['call', 'iwinfo', method, device];
    const info = await programs.ask('ubus', call('info'), (text) => parseUbus(text, infoShape, 'ubus iwinfo info'));
    if (info === undefined) continue;
    const iface = interfaceOfInfo(info, name);
    heard.interfaces.push(iface);
    const neighbours = await programs.ask('ubus', call('assoclist'), (text) =>
      parseUbus(text, neighboursShape, 'ubus iwinfo assoclist').results.map(clientOfNeighbour),
    );
    if (neighbours !== undefined) heard.asked.add(name);
    heard.stations.push(...(neighbours ?? []).map((neighbour) => ({ ...neighbour, interface: name })));
    const mhz = iface.channel?.frequencyMhz;
    const surveys = await programs.ask('ubus', call('survey'), (text) =>
      parseUbus(text, surveyShape, 'ubus iwinfo survey').results.map((result) => surveyOfResult(result, name, mhz)),
    );
    heard.surveys.push(...(surveys ?? []));
    if (iface.mode === 'access-point') await hearByUbus(programs, heard, name);
  }
  return true;
}

/** The network interfaces that a radio stands behind. */
async function wirelessInterfaces({ host }: Programs): Promise<string[]> {
  const names = (await host.readDir('/sys/class/net')) ?? [];
  const behind = await Promise.all(names.map((name) => host.readDir(`/sys/class/net/${name}/phy80211`)));
  return names.filter((_, index) => behind[index] !== undefined);
}
