import { hostname } from 'node:os';
import type { Command } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import { deviceIdFrom, isDeviceId } from '../../contract/ids.ts';
import type { Enrolment } from '../../runtime/enrolment-file.ts';
import type { Home } from '../../runtime/home.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import { programName } from '../installation.ts';
import { firstLine } from '../password.ts';
import type { Speaker } from '../terminal.ts';

interface Options {
  gateway: string;
  token?: string;
  caFingerprint?: string;
  device?: string;
  name?: string;
  json?: boolean;
}

/** `campus-edge enroll`: joins this machine to the site of a gateway. */
export function addEnroll(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'enroll',
    summary: {
      en: 'join this machine to the site of a gateway: with a token of `join-token create`, or by asking, where the gateway allows that, and waiting for an approval',
      'zh-CN': '将本机加入网关所在站点：使用 `join-token create` 生成的令牌，或在网关允许时提交申请并等待批准',
    },
    example:
      'campus-edge enroll --gateway https://gateway.local:8443 --token "$TOKEN" --device room-101\n' +
      'campus-edge enroll --gateway https://gateway.local:8443 --token - < token.txt\n' +
      'campus-edge enroll --gateway https://gateway.local:8443 --ca-fingerprint "$FINGERPRINT" --name room-101',
  });
  command
    .requiredOption(
      '--gateway <url>',
      speaker.say({
        en: 'https://host[:port] of the gateway (port 8443)',
        'zh-CN': '网关地址 https://主机[:端口]（端口默认 8443）',
      }),
    )
    .option(
      '--token <token>',
      speaker.say({
        en: 'the join token; - reads it from standard input, so that no other user of this machine sees it',
        'zh-CN': '加入令牌；填 - 则从标准输入读取，以免被本机其他用户看到',
      }),
    )
    .option(
      '--device <id>',
      speaker.say({
        en: 'what this machine is to be called (default: as the token says, else from its host name)',
        'zh-CN': '本机的设备标识（默认按令牌，否则取自主机名）',
      }),
    )
    .option(
      '--ca-fingerprint <sha256>',
      speaker.say({
        en: "without a token: the fingerprint of the site's certificate authority, as `ca fingerprint` prints it on the gateway",
        'zh-CN': '无令牌时：站点证书颁发机构的指纹，在网关上运行 `ca fingerprint` 可查看',
      }),
    )
    .option(
      '--name <id>',
      speaker.say({
        en: 'without a token: what this machine wishes to be called; the administrator decides (default: from its host name)',
        'zh-CN': '无令牌时：本机希望使用的设备标识，由管理员决定（默认取自主机名）',
      }),
    );
  withJson(command, speaker).action(async (options: Options, self: Command) => {
    const home = homeOf(self, speaker);
    const enrolment = await joinBy(options, home, speaker);
    if (options.json === true) {
      speaker.line(JSON.stringify({ site: enrolment.site, device: enrolment.device, gateway: enrolment.gateway }));
      return;
    }
    const name = `${enrolment.site}/${enrolment.device}`;
    speaker.line(
      speaker.say({
        en: `This machine has joined as ${name} and reports to ${enrolment.gateway}. Now start its agent:`,
        'zh-CN': `本机已加入，标识为 ${name}，将上报至 ${enrolment.gateway}。现在启动采集代理：`,
      }),
    );
    speaker.line(`  ${programName()} agent`);
  });
}

/** By the token, or by asking. @throws CampusError `usage` for neither or both, and what joining throws */
async function joinBy(options: Options, home: Home, speaker: Speaker): Promise<Enrolment> {
  const { gateway, token, caFingerprint, device, name } = options;
  const hostName = deviceIdFrom(hostname());
  if (token !== undefined && (caFingerprint !== undefined || name !== undefined))
    throw new CampusError('usage', speaker.say(both));
  const wished = name ?? device;
  if (wished !== undefined && !isDeviceId(wished)) throw new CampusError('usage', speaker.say(noId(wished)));
  if (token !== undefined) {
    // Loaded only now, so that help and wrong use answer at once.
    const { enroll } = await import('../../agent/join/enroll.ts');
    // What stands on a command line, every user of the machine can read while the command runs (proc(5), /proc/PID/cmdline).
    const secret = token === '-' ? await firstLine(speaker) : token;
    return enroll({ home, gateway, token: secret, device, hostName });
  }
  if (caFingerprint === undefined) throw new CampusError('usage', speaker.say(neither));
  const { announceHere } = await import('../announce-here.ts');
  return announceHere(speaker, { home, gateway, caFingerprint, device: wished ?? hostName });
}

const both = {
  en: 'expected --token, or --ca-fingerprint with --name, got both: a token names the authority itself',
  'zh-CN': '--token 与 --ca-fingerprint、--name 不能同时使用：令牌中已包含证书颁发机构的指纹',
};

function noId(text: string): { en: string; 'zh-CN': string } {
  const got = JSON.stringify(text.slice(0, 80));
  return {
    en: `name of this machine: expected 1 to 63 of a-z, 0-9 and -, and not alerts or flows, got ${got}`,
    'zh-CN': `本机的设备标识：应为 1 至 63 个 a-z、0-9 或 - 字符，且不能是 alerts 或 flows，实际为 ${got}`,
  };
}

const neither = {
  en: 'expected --token or --ca-fingerprint: without either this machine could not tell the gateway from somebody in between. Run `campus-edge join-token create` on the gateway for a token, or `campus-edge ca fingerprint` for the fingerprint, which the console shows under About, too',
  'zh-CN':
    '需要 --token 或 --ca-fingerprint，否则本机无法辨别网关的真伪。在网关上运行 `campus-edge join-token create` 获取令牌，或运行 `campus-edge ca fingerprint` 查看指纹（控制台“关于”页面亦有显示）',
};
