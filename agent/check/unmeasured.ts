import type { ErrorCode } from '../../contract/errors.ts';
import { type Obstacle, obstacle, text } from './step.ts';

/** Why the throughput was not measured, and what to try. */
export type Unmeasured = Obstacle;

const again = text('again in a few minutes', '几分钟后重试');
const joinAgain = text('joining the gateway again (campus-edge enroll)', '重新加入网关（campus-edge enroll）');
const reachGateway = text(
  'checking that the gateway runs, and that firewalls on the way let its HTTPS port through',
  '检查网关是否运行，以及途中防火墙是否放行其 HTTPS 端口',
);
const startAgent = text(
  'starting the agent, or reading its log (systemctl start campus-edge-agent, journalctl -u campus-edge-agent)',
  '启动代理程序或查看其日志（systemctl start campus-edge-agent，journalctl -u campus-edge-agent）',
);
const notAccepted = text('the gateway does not accept the certificate of this machine', '网关不接受本机的证书');

/** What keeps a measurement from being made, by the code of the gateway's refusal or of the command's end. What is not here was tried and failed. */
const causes: Readonly<Partial<Record<ErrorCode, Unmeasured>>> = {
  device_offline: obstacle(
    text('the agent of this machine is not connected to the gateway', '本机的代理程序未连接到网关'),
    startAgent,
  ),
  command_expired: obstacle(
    text('the gateway gave the measurement up, since nobody answered in time', '测速未及时得到应答，网关已放弃'),
    again,
  ),
  command_busy: obstacle(text('this machine is being measured already', '本机正在测速'), again),
  command_queue_full: obstacle(text('other machines are being measured', '其他设备正在测速'), again),
  rate_limited: obstacle(text('this machine has asked too often', '本机请求过于频繁'), again),
  command_unsupported: obstacle(
    text(
      'the measurement of throughput is switched off on this machine or on the gateway',
      '本机或网关已关闭吞吐量测试',
    ),
    text(
      'agent.throughput.enabled and gateway.throughput.enabled in campus-edge.yaml',
      '在 campus-edge.yaml 中启用 agent.throughput.enabled 与 gateway.throughput.enabled',
    ),
  ),
  same_machine: obstacle(
    text('this machine is the gateway itself: no network lies between', '本机就是网关，之间没有网络可测'),
    text(
      'naming a server of iperf3 in gateway.throughput.server',
      '在 gateway.throughput.server 中配置一台 iperf3 服务器',
    ),
  ),
  program_missing: obstacle(
    text('iperf3 is missing on this machine or on the gateway', '本机或网关未安装 iperf3'),
    text('installing it on both (apt install iperf3)', '在两端安装（apt install iperf3）'),
  ),
  certificate_revoked: obstacle(text('this machine was revoked', '本机已被吊销'), joinAgain),
  certificate_expired: obstacle(notAccepted, joinAgain),
  certificate_unknown: obstacle(notAccepted, joinAgain),
  request_stale: obstacle(
    text('the clocks of this machine and of the gateway differ by minutes', '本机与网关的时钟相差数分钟'),
    text('setting the clocks (NTP)', '校准时钟（NTP）'),
  ),
  gateway_unreachable: obstacle(text('the gateway does not answer by HTTPS', '网关的 HTTPS 无应答'), reachGateway),
  gateway_not_verified: obstacle(
    text('what answers by HTTPS is not the gateway of this machine', 'HTTPS 应答方不是本机所属的网关'),
    reachGateway,
  ),
  not_ready: obstacle(text('the gateway of this machine does not run', '本机的网关未运行'), again),
};

/** What an error code means for a check; undefined for what is a result of its own. */
export function unmeasuredBy(code: string | undefined): Unmeasured | undefined {
  return code !== undefined && Object.hasOwn(causes, code) ? causes[code as ErrorCode] : undefined;
}

/** The gateway refuses for a reason that it does not tell. */
export const notNow: Unmeasured = obstacle(
  text('the gateway cannot measure now', '网关暂时无法测量'),
  text('again later, and looking at the log of the gateway', '稍后重试，并查看网关日志'),
);

/** Neither has this machine a certificate, nor does a gateway run on its home. */
export const notJoined: Unmeasured = obstacle(
  text(
    'this machine has not joined a gateway by certificate, or its certificate cannot be read by this user',
    '本机未以证书加入网关，或当前用户无权读取其证书',
  ),
  text(
    'joining a gateway (campus-edge enroll), or the check as the user of the agent',
    '加入网关（campus-edge enroll），或以代理程序的用户运行检查',
  ),
);

/** No agent runs on this home, which would carry the measurement out. */
export const noAgent: Unmeasured = obstacle(
  text('the agent of this machine does not run', '本机的代理程序未运行'),
  text(
    'starting it (campus-edge agent, or systemctl start campus-edge-agent)',
    '启动代理程序（campus-edge agent 或 systemctl start campus-edge-agent）',
  ),
);

/** Whom the throughput is measured to is found by no family. */
export const noAddress: Unmeasured = obstacle(
  text('there is no address to measure to', '没有可用于测速的地址'),
  reachGateway,
);
