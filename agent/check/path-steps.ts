import type { PathFamily } from '../../contract/measurements/path.ts';
import { isLoopbackHost } from '../../runtime/loopback.ts';
import { type Measured, TargetMeter } from '../collectors/path/measure.ts';
import { firstHops, gateways, type PathTarget } from '../collectors/path/targets.ts';
import { gradePath, pathFigures, pathInWords } from './path-grade.ts';
import type { Room } from './room.ts';
import { familyNames, obstacle, type StepResult, stepResult, text } from './step.ts';

/** A fifth of a second apart, which is what `ping` lets everybody do: three seconds. */
const HOP_PACKETS = 15;
const HOP_INTERVAL_MS = 200;
/** Like the packets of a voice call, for five seconds: enough to tell 1 % of loss from 2 %, and to come near the value of the jitter. */
const LESSON_PACKETS = 250;
const LESSON_INTERVAL_MS = 20;

/** The next hop of each family that the room has, by ICMP. */
export async function checkFirstHops(room: Room): Promise<StepResult[]> {
  const targets = await firstHops(room.host);
  return inEachFamily(room, async (family) => {
    const target = targets.find((one) => one.family === family);
    if (target === undefined) return stepResult('first-hop', 'skipped', text('no next hop', '没有下一跳'), { family });
    const measured = await measure(room, target, HOP_PACKETS, HOP_INTERVAL_MS);
    return firstHopResult(room, measured);
  });
}

/** A router may answer ICMP late, seldom or not at all and be sound: what it says limits nothing that later steps have seen to work. */
function firstHopResult(room: Room, { target: { family, address }, fields }: Measured): StepResult {
  const detail = { family, figures: pathFigures(fields) };
  const over = familyNames[family];
  if (fields.error !== undefined) {
    return stepResult('first-hop', 'skipped', text(`not measured: ${fields.error}`, `未测量：${fields.error}`), {
      family,
    });
  }
  if (fields.reachable !== true) {
    const reason = text(`the router ${address} does not answer over ${over}`, `${over} 路由器 ${address} 无应答`);
    const hint = text(
      'checking cable, switch and Wi-Fi on the way to the router (some routers never answer)',
      '检查到路由器的网线、交换机或 Wi-Fi（部分路由器从不应答）',
    );
    return stepResult('first-hop', 'limited', reason, { ...detail, obstacles: [obstacle(reason, hint)] });
  }
  const { en, 'zh-CN': zh } = pathInWords(fields);
  const found = text(`${address}: ${en}`, `${address}：${zh}`);
  const lost = fields.loss_percent ?? 0;
  if (lost === 0) return stepResult('first-hop', 'ok', found, detail);
  const grade = gradePath(fields, room.config, { family, medium: room.medium });
  const reason = text(`packets get lost on the way to the router ${address}`, `到路由器 ${address} 的数据包有丢失`);
  return stepResult('first-hop', 'limited', found, {
    ...detail,
    obstacles: grade.obstacles.slice(-1).map(({ hint }) => obstacle(reason, hint)),
  });
}

/** The way to the school's gateway in each family, by STAMP where it has a reflector, else by TCP: what a lesson would be like over it. */
export async function checkGateway(room: Room): Promise<StepResult[]> {
  const url = new URL(room.gateway);
  if (isLoopbackHost(url.hostname)) {
    // A box that has joined no gateway reports to itself, as the gateway's own does: either way there is no path to measure.
    return [
      stepResult(
        'gateway',
        'skipped',
        text('not measured: this machine reports to itself', '未测量：本机即上报到自身'),
        {
          allows: 'with-limits',
          obstacles: [
            obstacle(
              text('the path to a gateway was not measured', '未测量到网关的路径'),
              text('joining a gateway with this machine (campus-edge enroll)', '将本机加入网关（campus-edge enroll）'),
            ),
          ],
        },
      ),
    ];
  }
  const targets = await gateways(room.host, url, room.path.stamp_port);
  if (targets.length === 0) {
    const reason = text(`the gateway's name ${url.hostname} has no address`, `网关名称 ${url.hostname} 无法解析`);
    const hint = text(
      'checking DNS, and agent.gateway of campus-edge.yaml',
      '检查 DNS 以及 campus-edge.yaml 中的 agent.gateway',
    );
    return [stepResult('gateway', 'failed', reason, { obstacles: [obstacle(reason, hint)] })];
  }
  return inEachFamily(room, async (family) => {
    const target = targets.find((one) => one.family === family);
    if (target === undefined) {
      const found = text(`the gateway has no ${familyNames[family]} address`, `网关没有 ${familyNames[family]} 地址`);
      return stepResult('gateway', 'skipped', found, { family });
    }
    return gatewayResult(room, await measure(room, target, LESSON_PACKETS, LESSON_INTERVAL_MS));
  });
}

function gatewayResult(room: Room, { target: { family, address }, means: { method }, fields }: Measured): StepResult {
  const over = familyNames[family];
  if (fields.reachable !== true) {
    const why = fields.error === undefined ? text('', '') : text(` (${fields.error})`, `（${fields.error}）`);
    const reason = text(
      `the gateway ${address} does not answer over ${over}${why.en}`,
      `网关 ${address} 在 ${over} 上无应答${why['zh-CN']}`,
    );
    const hint = text('checking that the gateway runs, and firewalls on the way', '检查网关是否运行以及途中的防火墙');
    return stepResult('gateway', 'failed', reason, {
      family,
      figures: pathFigures(fields),
      obstacles: [obstacle(reason, hint)],
    });
  }
  const { allows, obstacles } = gradePath(fields, room.config, { family, medium: room.medium });
  const { en, 'zh-CN': zh } = pathInWords(fields);
  const by = method === 'stamp' ? 'STAMP' : 'TCP';
  const state = allows === 'yes' ? 'ok' : allows === 'no' ? 'failed' : 'limited';
  return stepResult('gateway', state, text(`${address} by ${by}: ${en}`, `${address}（${by}）：${zh}`), {
    ...{ family, allows, obstacles },
    figures: pathFigures(fields),
  });
}

function measure(room: Room, target: PathTarget, packets: number, packet_interval_ms: number): Promise<Measured> {
  const config = { ...room.path, packets, packet_interval_ms };
  return new TargetMeter().measure(room.host, target, { config, signal: room.signal });
}

/** Both families at a time: neither is in the other's way, and the room waits half as long. */
export function inEachFamily(room: Room, step: (family: PathFamily) => Promise<StepResult>): Promise<StepResult[]> {
  return Promise.all(room.present.map(step));
}
