import { isIP } from 'node:net';
import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';
import type { Visit } from '../host/visit.ts';
import { inEachFamily } from './path-steps.ts';
import type { Room } from './room.ts';
import { type Figure, familyNames, joined, obstacle, type StepResult, shown, stepResult, text } from './step.ts';

/** Who waits longer than this for a page presses the button again. */
const VISIT_TIMEOUT_MS = 8000;

/** Visits the portal in each family: TCP, TLS and HTTP, each timed. */
export async function checkPortal(room: Room): Promise<StepResult[]> {
  const { portal } = room.config;
  if (portal === undefined) {
    const found = text(
      'not measured: set agent.check.portal to the page where lessons begin',
      '未测量：请将 agent.check.portal 设为课堂入口网页',
    );
    return [stepResult('portal', 'skipped', found)];
  }
  const url = new URL(portal);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(name) === 0 ? await room.host.lookup(name) : [name];
  if (addresses.length === 0) {
    const reason = text(`the portal's name ${name} has no address`, `门户名称 ${name} 无法解析`);
    const hint = text(
      'checking the name servers, and agent.check.portal of campus-edge.yaml',
      '检查 DNS 服务器以及 campus-edge.yaml 中的 agent.check.portal',
    );
    return [stepResult('portal', 'failed', reason, { obstacles: [obstacle(reason, hint)] })];
  }
  return inEachFamily(room, async (family) => {
    const address = addresses.find((one) => isIP(one) === (family === 'ipv4' ? 4 : 6));
    if (address === undefined) {
      const found = text(`${name} has no ${familyNames[family]} address`, `${name} 没有 ${familyNames[family]} 地址`);
      return stepResult('portal', 'skipped', found, { family });
    }
    const visit = await room.host.visit({ url, address, timeoutMs: VISIT_TIMEOUT_MS, signal: room.signal });
    return portalResult({ url, address, family }, visit);
  });
}

interface Visited {
  url: URL;
  address: string;
  family: PathFamily;
}

function portalResult(visited: Visited, visit: Visit): StepResult {
  const { family, address } = visited;
  const detail = { family, figures: visitFigures(visit) };
  const parts = visitInWords(visit);
  const state =
    visit.failure !== undefined
      ? 'failed'
      : (visit.status ?? 0) >= 500
        ? 'failed'
        : (visit.status ?? 0) >= 400
          ? 'limited'
          : 'ok';
  const words = joined([text(address, address), ...parts], text(', ', '，'));
  if (state === 'ok') return stepResult('portal', state, words, detail);
  const [reason, hint] =
    visit.failure === undefined ? statusFault(visited, visit.status ?? 0) : failureFault(visited, visit, visit.failure);
  const found = joined([words, reason], text('; ', '；'));
  return stepResult('portal', state, found, { ...detail, obstacles: [obstacle(reason, hint)] });
}

function statusFault({ url, family }: Visited, status: number): [LocalText, LocalText] {
  const reason = text(
    `the portal ${url.host} answers with HTTP status ${status} over ${familyNames[family]}`,
    `门户 ${url.host} 在 ${familyNames[family]} 上返回 HTTP 状态 ${status}`,
  );
  if (status >= 500)
    return [reason, text('again later, or asking whoever runs the portal', '稍后重试，或联系门户管理方')];
  return [
    reason,
    text(
      'checking whether agent.check.portal of campus-edge.yaml is the right page',
      '检查 campus-edge.yaml 中的 agent.check.portal 是否为正确的网页',
    ),
  ];
}

function failureFault(
  { url, family }: Visited,
  visit: Visit,
  { at, code }: NonNullable<Visit['failure']>,
): [LocalText, LocalText] {
  const over = familyNames[family];
  if (at === 'tcp') {
    return [
      text(
        `the portal ${url.host} cannot be reached over ${over} (${code})`,
        `${over} 无法连接门户 ${url.host}（${code}）`,
      ),
      text('checking the way out of the school: router, firewall and uplink', '检查出校链路：路由器、防火墙与上联线路'),
    ];
  }
  if (at === 'http') {
    return [
      text(
        `the portal ${url.host} gives no page over ${over} (${code})`,
        `门户 ${url.host} 在 ${over} 上未返回网页（${code}）`,
      ),
      text('again later, or asking whoever runs the portal', '稍后重试，或联系门户管理方'),
    ];
  }
  return certificateFault(url, over, { code, endsAt: visit.certificateEndsAt });
}

function certificateFault(
  url: URL,
  over: string,
  { code, endsAt }: { code: string; endsAt: number | undefined },
): [LocalText, LocalText] {
  if (code === 'CERT_HAS_EXPIRED') {
    const since = endsAt === undefined ? ['', ''] : [` on ${day(endsAt)}`, `（${day(endsAt)}）`];
    return [
      text(
        `the certificate of the portal ${url.host} has expired${since[0]}`,
        `门户 ${url.host} 的证书已过期${since[1]}`,
      ),
      text(
        "asking whoever runs the portal to renew it, and checking this machine's clock",
        '联系门户管理方更新证书，并确认本机时间正确',
      ),
    ];
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return [
      text(`the certificate of the portal ${url.host} is not valid yet`, `门户 ${url.host} 的证书尚未生效`),
      text("checking this machine's clock", '检查本机时间'),
    ];
  }
  return [
    text(
      `TLS with the portal ${url.host} fails over ${over} (${code})`,
      `${over} 与门户 ${url.host} 的 TLS 连接失败（${code}）`,
    ),
    text(
      "signing in to the network if it asks for that (somebody else may answer in the portal's place)",
      '若网络需要认证请先登录（也可能有他人冒充门户应答）',
    ),
  ];
}

/** Days stand in UTC, as certificates have them. */
function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function visitFigures({ connectMs, tlsMs, firstByteMs, status }: Visit): Figure[] {
  const all: readonly [string, number | undefined, string][] = [
    ['tcp_ms', connectMs, 'ms'],
    ['tls_ms', tlsMs, 'ms'],
    ['first_byte_ms', firstByteMs, 'ms'],
    ['http_status', status, ''],
  ];
  return all.flatMap(([name, value, unit]) => (value === undefined ? [] : [{ name, value, unit }]));
}

function visitInWords({ connectMs, tlsMs, firstByteMs, status }: Visit): LocalText[] {
  const part = (name: string, ms: number | undefined): LocalText[] =>
    ms === undefined ? [] : [text(`${name} ${shown(ms)} ms`, `${name} ${shown(ms)} ms`)];
  const http =
    status === undefined || firstByteMs === undefined
      ? []
      : [text(`HTTP ${status} ${shown(firstByteMs)} ms`, `HTTP ${status} ${shown(firstByteMs)} ms`)];
  return [...part('TCP', connectMs), ...part('TLS', tlsMs), ...http];
}
