import { parseIfInet6 } from '../collectors/ipv6/if-inet6.ts';
import { parseIpv6Route } from '../collectors/ipv6/ipv6-route.ts';
import { listAddresses } from '../collectors/ipv6/listed-address.ts';
import { listRouters } from '../collectors/ipv6/router.ts';
import { isRoutable, isUsable } from '../collectors/ipv6/summary.ts';
import { parseOwnIpv4Addresses } from '../collectors/network/fib-trie.ts';
import { parseIpv4Routes } from '../collectors/path/ipv4-route.ts';
import { type Host, readParsed } from '../host/host.ts';
import type { Room } from './room.ts';
import { obstacle, type StepResult, stepResult, text } from './step.ts';

/** What a machine gives itself where no DHCP server answers (RFC 3927 §2.1). */
const SELF_ASSIGNED = /^169\.254\./;

/** What address the room has in each family, and whether a router leads on. Notes which families there are. */
export async function checkAddresses(room: Room): Promise<StepResult[]> {
  const ipv4 = await checkIpv4(room.host);
  const ipv6 = await checkIpv6(room.host);
  room.present = [...(ipv4.isPresent ? (['ipv4'] as const) : []), ...(ipv6.isPresent ? (['ipv6'] as const) : [])];
  return [ipv4.result, ipv6.result];
}

interface Finding {
  result: StepResult;
  /** The family is worth the steps that follow. */
  isPresent: boolean;
}

async function checkIpv4(host: Host): Promise<Finding> {
  const own = (await readParsed(host, '/proc/net/fib_trie', parseOwnIpv4Addresses)) ?? [];
  const routes = (await readParsed(host, '/proc/net/route', parseIpv4Routes)) ?? [];
  const router = routes.find(({ prefixLength }) => prefixLength === 0);
  const usable = own.filter((address) => !SELF_ASSIGNED.test(address));
  const family = 'ipv4';
  if (own.length === 0) {
    const reason = text('there is no IPv4 address', '没有 IPv4 地址');
    return {
      isPresent: false,
      result: stepResult('address', 'failed', reason, { family, obstacles: [obstacle(reason, askForDhcp)] }),
    };
  }
  if (usable.length === 0) {
    const reason = text(
      `no DHCP server has answered over IPv4: ${own[0]} is of the machine's own making`,
      `没有 DHCP 服务器应答：IPv4 地址 ${own[0]} 为本机自行分配`,
    );
    return {
      isPresent: false,
      result: stepResult('address', 'failed', reason, { family, obstacles: [obstacle(reason, askForDhcp)] }),
    };
  }
  if (router === undefined) return { isPresent: true, result: noRouter('ipv4', usable, askForDhcp) };
  return { isPresent: true, result: addressed('ipv4', usable, router.gateway ?? router.interface) };
}

const askForDhcp = text(
  'checking the DHCP server and the VLAN of the wall socket, or setting a fixed address',
  '检查 DHCP 服务器、墙上网口所属 VLAN，或改用固定地址',
);
const askForAdvertisements = text(
  'checking that a router advertises IPv6 on this network, and that switches and access points let that through',
  '检查本网段是否有路由器通告（RA），以及交换机或接入点是否放行',
);

async function checkIpv6(host: Host): Promise<Finding> {
  const routes = (await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? [];
  const all = listAddresses((await readParsed(host, '/proc/net/if_inet6', parseIfInet6)) ?? [], undefined, routes);
  const [router] = await listRouters(host, routes, undefined);
  const routable = all.filter(isRoutable);
  const usable = routable.filter(isUsable).map(({ address }) => address);
  const family = 'ipv6';
  const failedDad = routable.find(({ dad_failed }) => dad_failed);
  if (usable.length === 0 && failedDad !== undefined) {
    const reason = text(
      `another machine has the IPv6 address ${failedDad.address} already`,
      `IPv6 地址 ${failedDad.address} 与其他设备冲突`,
    );
    const hint = text('finding the machine that has it', '找出占用该地址的设备');
    return {
      isPresent: true,
      result: stepResult('address', 'failed', reason, { family, obstacles: [obstacle(reason, hint)] }),
    };
  }
  if (usable.length === 0) {
    const reason = text('there is no IPv6 address', '没有 IPv6 地址');
    return {
      isPresent: false,
      result: stepResult('address', 'failed', reason, { family, obstacles: [obstacle(reason, askForAdvertisements)] }),
    };
  }
  if (router === undefined) return { isPresent: true, result: noRouter(family, usable, askForAdvertisements) };
  return { isPresent: true, result: addressed(family, usable, router.address ?? router.interface) };
}

/** At most two addresses are named: a machine with privacy addresses has many. */
function named(addresses: readonly string[]): string {
  return addresses.slice(0, 2).join(', ');
}

function addressed(family: 'ipv4' | 'ipv6', addresses: readonly string[], router: string): StepResult {
  const found = text(`${named(addresses)}, router ${router}`, `${named(addresses)}，路由器 ${router}`);
  return stepResult('address', 'ok', found, { family });
}

/** A network without a way out may still hold the school's own gateway: the steps that follow tell. */
function noRouter(family: 'ipv4' | 'ipv6', addresses: readonly string[], hint: StepResult['found']): StepResult {
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const reason = text(`no router leads out over ${name}`, `${name} 没有默认路由`);
  const found = text(`${named(addresses)}, no router`, `${named(addresses)}，无路由器`);
  return stepResult('address', 'failed', found, { family, obstacles: [obstacle(reason, hint)] });
}
