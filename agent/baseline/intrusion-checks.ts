import {
  type AddressFamily,
  type Box,
  type Check,
  failed,
  familyNames,
  met,
  noSockets,
  notChecked,
  type Verdict,
} from './check.ts';
import { isHighRisk, serviceOf, stopService } from './known-ports.ts';
import { type Listening, readListening } from './readings.ts';

/** Nothing listens beyond this machine but what it is for. */
function listening(family: AddressFamily): Check {
  return {
    id: `listening-${family}`,
    clause: 'intrusion-prevention',
    family,
    requirement: () => ({
      en: `no needless service listens on ${familyNames[family]}`,
      'zh-CN': `${familyNames[family]} 上没有多余的监听服务`,
    }),
    look: (box) => judge(box, family, (socket) => !isHighRisk(socket.port, socket.transport) && !isNeeded(box, socket)),
  };
}

/** None of the ports that are attacked most is open; the report lists those that are. */
function highRisk(family: AddressFamily): Check {
  return {
    id: `high-risk-ports-${family}`,
    clause: 'intrusion-prevention',
    family,
    requirement: () => ({
      en: `no high-risk port is open on ${familyNames[family]}`,
      'zh-CN': `${familyNames[family]} 上没有开放高危端口`,
    }),
    look: (box) => judge(box, family, (socket) => isHighRisk(socket.port, socket.transport) && !isNeeded(box, socket)),
  };
}

async function judge(box: Box, family: AddressFamily, isFinding: (socket: Listening) => boolean): Promise<Verdict[]> {
  const sockets = await readListening(box.host, family);
  if (sockets === undefined) return [noSockets(family)];
  const found = sockets.filter(isFinding);
  if (found.length === 0) {
    const seen = sockets.map(({ port, transport }) => `${transport}/${port}`).join(', ');
    return [
      met(
        seen === '' ? 'nothing listens beyond this machine' : `open: ${seen}`,
        seen === '' ? '没有对外监听的服务' : `已开放：${seen}`,
      ),
    ];
  }
  return found.map(({ port, transport }) => {
    const service = serviceOf(port, transport);
    const what = service === `${transport}/${port}` ? service : `${service} (${transport}/${port})`;
    return failed(
      `${what} listens on ${familyNames[family]}`,
      `${what} 正在 ${familyNames[family]} 上监听`,
      stopService(port, transport),
    );
  });
}

function isNeeded({ config, ownPorts }: Box, { port, transport }: Listening): boolean {
  const allowed = transport === 'udp' ? config.allowed_udp_ports : config.allowed_tcp_ports;
  return allowed.includes(port) || ownPorts.some((own) => own.port === port && own.transport === transport);
}

/** ICMP redirects (RFC 792, RFC 4861 §8) let a neighbour choose this machine's way. Kernel: Documentation/networking/ip-sysctl.rst. */
function redirects(family: AddressFamily): Check {
  const dir = `/proc/sys/net/${family}/conf`;
  return {
    id: `redirects-${family}`,
    clause: 'intrusion-prevention',
    family,
    requirement: () => ({
      en: `no routes are taken from neighbours on ${familyNames[family]} (practice)`,
      'zh-CN': `${familyNames[family]} 不接受 ICMP 重定向（惯例）`,
    }),
    async look({ host }) {
      const interfaces = await host.readDir(dir);
      if (interfaces === undefined) return [notChecked(`there is no ${dir}`, `没有 ${dir}`)];
      const open: string[] = [];
      for (const name of interfaces) {
        if (name === 'lo' || name === 'default') continue;
        // The kernel sets IPv6's `all` on the interfaces one by one; what it holds itself says nothing.
        if (name === 'all' && family === 'ipv6') continue;
        if ((await host.readFile(`${dir}/${name}/accept_redirects`))?.trim() === '1') open.push(name);
      }
      if (open.length === 0) return [met('accept_redirects is 0', 'accept_redirects 为 0')];
      const settings = ['all', ...open.filter((name) => name !== 'all'), 'default'].map(
        (name) => `net.${family}.conf.${name.replaceAll('.', '/')}.accept_redirects=0`,
      );
      const remedy = `printf '%s\\n' ${settings.join(' ')} > /etc/sysctl.d/60-no-redirects-${family}.conf && sysctl --load /etc/sysctl.d/60-no-redirects-${family}.conf`;
      return [
        failed(`accept_redirects is 1 on ${open.join(', ')}`, `${open.join('、')} 的 accept_redirects 为 1`, remedy),
      ];
    },
  };
}

/** Intrusion prevention (入侵防范), each for both address families. */
export const intrusionChecks: readonly Check[] = (['ipv4', 'ipv6'] as const).flatMap((family) => [
  listening(family),
  highRisk(family),
  redirects(family),
]);
