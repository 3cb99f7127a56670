import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';
import type { Shapes } from './run-relay.ts';

/** What carries the tunnels; nothing that is measured uses these addresses. */
const carrier = { room: '10.99.0.1', school: '10.99.0.2' } as const;
const ports = { room: 7001, school: 7002 } as const;

/** The ends of the shaped link. */
export const linkEnds = {
  room: { ipv4: '198.51.100.1', ipv6: '2001:db8:5::1' },
  school: { ipv4: '198.51.100.2', ipv6: '2001:db8:5::2' },
} as const;

/**
 * A classroom and a school in namespaces of their own, joined by a link with known delay and loss in each family. This does not take netem, which
 * not every kernel has: each side has a tunnel whose packets socat carries by UDP to a relay, which holds them up or drops them.
 */
export async function makeShapedLink(shapes: Shapes): Promise<{ room: Namespace; school: Namespace }> {
  const room = new Namespace();
  const school = new Namespace();
  room.ip('link', 'add', 'carrier0', 'type', 'veth', 'peer', 'name', 'carrier0', 'netns', school.name);
  for (const [namespace, address] of [[room, carrier.room] as const, [school, carrier.school] as const]) {
    namespace.ip('addr', 'add', `${address}/30`, 'dev', 'carrier0');
    namespace.ip('link', 'set', 'carrier0', 'up');
  }
  const script = fileURLToPath(new URL('./run-relay.ts', import.meta.url));
  const relay = school.start(process.execPath, script, `${ports.room}`, `${ports.school}`, JSON.stringify(shapes));
  if (relay.stdout === null) throw new Error('the relay has no output');
  await once(relay.stdout, 'data');
  await tunnel(school, linkEnds.school, `127.0.0.1:${ports.school}`);
  await tunnel(room, linkEnds.room, `${carrier.school}:${ports.room}`);
  room.ip('route', 'add', 'default', 'via', linkEnds.school.ipv4, 'dev', 'path0');
  room.ip('-6', 'route', 'add', 'default', 'via', linkEnds.school.ipv6, 'dev', 'path0');
  // The relay learns where both ends are from what they send.
  const ping = school.start('ping', '-n', '-i', '0.2', linkEnds.room.ipv4);
  await until('the link carries packets', async () => {
    const output = room.execQuietly('ping', '-n', '-c', '1', '-W', '1', linkEnds.school.ipv4);
    return output.includes(' time=');
  });
  ping.kill();
  return { room, school };
}

async function tunnel(namespace: Namespace, { ipv4, ipv6 }: { ipv4: string; ipv6: string }, to: string): Promise<void> {
  namespace.start('socat', `TUN:${ipv4}/24,tun-name=path0,tun-type=tun,iff-no-pi,iff-up`, `UDP4:${to}`);
  await until('the tunnel is there', () => namespace.execQuietly('ip', 'addr', 'show', 'path0').includes(ipv4));
  namespace.ip('addr', 'add', `${ipv6}/64`, 'dev', 'path0', 'nodad');
}
