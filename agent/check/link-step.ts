import { defaultRoutes, parseIpv6Route } from '../collectors/ipv6/ipv6-route.ts';
import { interfaceKind, isVirtual, readNature } from '../collectors/network/identity.ts';
import { type Link, readLink } from '../collectors/network/link.ts';
import { parseNetDev } from '../collectors/network/net-dev.ts';
import { parseIpv4Routes } from '../collectors/path/ipv4-route.ts';
import { type Host, readParsed } from '../host/host.ts';
import type { Room } from './room.ts';
import { type Obstacle, obstacle, type StepResult, stepResult, text } from './step.ts';

/** Ethernet at this speed is a cable with broken pairs, or a port that was set so: two lessons fill it. */
const SLOW_MBIT = 10;

interface Candidate {
  name: string;
  link: Link;
  kind: ReturnType<typeof interfaceKind>;
  isVirtual: boolean;
}

/** Is there a link, and is it sound? That of the default routes, or else any that has a carrier. */
export async function checkLink(room: Room): Promise<StepResult> {
  const candidates = await readCandidates(room.host);
  const routed = await routedInterfaces(room.host);
  const connected = candidates.filter(({ link }) => link.carrier === true);
  const used =
    connected.find(({ name }) => routed.includes(name)) ?? connected.find((one) => !one.isVirtual) ?? connected[0];
  if (used === undefined) return noLink(candidates);
  room.medium = used.kind;
  const { name, link } = used;
  // The speed of a tunnel is a constant of its driver, and that of a pair of virtual interfaces as well.
  const speed = used.kind === 'tunnel' || used.kind === 'veth' ? undefined : link.speed;
  const obstacles = linkObstacles(name, { ...link, speed });
  const parts = [used.kind, speed === undefined ? undefined : `${speed} Mbit/s`];
  const plain = [...parts, link.duplex === undefined ? undefined : `${link.duplex} duplex`];
  const chinese = [...parts, link.duplex === undefined ? undefined : link.duplex === 'full' ? '全双工' : '半双工'];
  const found = (all: readonly (string | undefined)[]): string =>
    `${name}: ${all.filter((part) => part !== undefined).join(', ')}`;
  return stepResult('link', obstacles.length === 0 ? 'ok' : 'limited', text(found(plain), found(chinese)), {
    figures: speed === undefined ? [] : [{ name: 'speed_mbit_per_second', value: speed, unit: 'Mbit/s' }],
    obstacles,
  });
}

function noLink(candidates: readonly Candidate[]): StepResult {
  const names = candidates.map(({ name }) => name).join(', ');
  return stepResult(
    'link',
    'failed',
    names === '' ? text('no network interface', '没有网络接口') : text(`no link on ${names}`, `${names} 未接通`),
    {
      obstacles: [
        obstacle(
          text('no network interface has a link', '所有网络接口均未接通'),
          text(
            'plugging in the cable, another cable or wall socket, or joining the Wi-Fi',
            '检查网线是否插好，更换网线或墙上网口，或连接 Wi-Fi',
          ),
        ),
      ],
    },
  );
}

function linkObstacles(name: string, { speed, duplex }: Pick<Link, 'speed' | 'duplex'>): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (duplex === 'half') {
    obstacles.push(
      obstacle(
        text(`${name} runs at half duplex`, `${name} 工作在半双工`),
        text('setting both ends of the cable to auto-negotiation', '将网线两端均设为自动协商'),
      ),
    );
  }
  if (speed !== undefined && speed <= SLOW_MBIT) {
    obstacles.push(
      obstacle(
        text(`${name} runs at ${speed} Mbit/s only`, `${name} 速率仅 ${speed} Mbit/s`),
        text('using another cable or switch port', '更换网线或交换机端口'),
      ),
    );
  }
  return obstacles;
}

async function readCandidates(host: Host): Promise<Candidate[]> {
  const interfaces = (await readParsed(host, '/proc/net/dev', parseNetDev)) ?? [];
  const all = await Promise.all(
    interfaces.map(async ({ name }): Promise<Candidate> => {
      const [nature, link] = await Promise.all([readNature(host, name), readLink(host, name)]);
      return { name, link, kind: interfaceKind(nature), isVirtual: isVirtual(nature) === true };
    }),
  );
  return all.filter(({ kind }) => kind !== 'loopback');
}

/** The interfaces of default routes, IPv4 first, best first. */
async function routedInterfaces(host: Host): Promise<string[]> {
  const ipv4 = (await readParsed(host, '/proc/net/route', parseIpv4Routes)) ?? [];
  const ipv6 = defaultRoutes((await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? []);
  return [...ipv4.filter(({ prefixLength }) => prefixLength === 0), ...ipv6].map((route) => route.interface);
}
