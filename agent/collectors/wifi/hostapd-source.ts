import type { Heard } from './facts.ts';
import { type AccessPoint, parseAccessPoint, parseClients } from './hostapd.ts';
import type { Programs } from './programs.ts';
import { clientsOfHostapd, parseUbus } from './ubus.ts';
import { clientsShape } from './ubus-shapes.ts';

/** How hostapd is reached. */
export interface HostapdPlaces {
  /** Where it keeps its control sockets, one for each interface. */
  sockets: string;
  /** Where hostapd_cli puts its own socket for the answer: hostapd must see it, so no private /tmp will do. */
  answers: string;
}

/** What an access point said of itself, and what must change for it to be asked again. */
export type KnownAccessPoints = Map<string, { key: string; accessPoint: AccessPoint }>;

/**
 * Asks hostapd about the clients of each access point, and about itself when its channel or name has changed: by its control socket, or by
 * OpenWrt's ubus. An access point without either (NetworkManager's) is left to what the kernel knows.
 */
export async function hearHostapd(
  programs: Programs,
  heard: Heard,
  { places, known }: { places: HostapdPlaces; known: KnownAccessPoints },
): Promise<void> {
  const accessPoints = heard.interfaces.filter(({ mode, name }) => mode === 'access-point' && name !== undefined);
  if (accessPoints.length === 0) return;
  const sockets = await socketsIn(programs, places.sockets);
  const hasUbus = sockets.length === 0 && (await isOpenWrt(programs));
  for (const { name = '', ...iface } of accessPoints) {
    if (hasUbus) await hearByUbus(programs, heard, name);
    if (!sockets.includes(name)) continue;
    const call = ['-p', places.sockets, '-s', places.answers, '-i', name];
    const clients = await programs.ask('hostapd_cli', [...call, 'all_sta'], (text) => parseClients(text));
    // Who did not answer once is not asked a second time.
    if (clients === undefined) continue;
    heard.clients.push(...clients.map((client) => ({ ...client, interface: name })));
    const key = JSON.stringify([iface.ssid, iface.channel]);
    if (known.get(name)?.key !== key) {
      const accessPoint = await programs.ask('hostapd_cli', [...call, 'status'], (text) => parseAccessPoint(text));
      if (accessPoint !== undefined) known.set(name, { key, accessPoint });
    }
    const own = known.get(name);
    if (own !== undefined) heard.accessPoints.push(own.accessPoint);
  }
}

/** The sockets in hostapd's directory; a directory that may not be read is a problem, one that is not there is none. */
async function socketsIn(programs: Programs, directory: string): Promise<string[]> {
  try {
    return (await programs.host.readDir(directory)) ?? [];
  } catch (error) {
    programs.note(`hostapd: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** True where ubus has its socket: `ubus/ubus.sock`, before OpenWrt 21 `ubus.sock`. */
export async function isOpenWrt(programs: Programs): Promise<boolean> {
  const entries = (await programs.host.readDir('/var/run')) ?? [];
  return entries.includes('ubus') || entries.includes('ubus.sock');
}

/** Asks OpenWrt's hostapd for the clients of an interface. */
export async function hearByUbus(programs: Programs, heard: Heard, name: string): Promise<void> {
  const object = `hostapd.${name}`;
  const clients = await programs.ask('ubus', ['call', object, 'get_clients'], (text) => {
    const answer = parseUbus(text, clientsShape, `ubus call ${object} get_clients`);
    return clientsOfHostapd(answer.clients, answer.freq);
  });
  if (clients === undefined) return;
  heard.asked.add(name);
  heard.clients.push(...clients.map((client) => ({ ...client, interface: name })));
}
