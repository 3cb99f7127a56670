import { hostname } from 'node:os';
import type { Command } from 'commander';
import { deviceIdFrom } from '../../contract/ids.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import { programName } from '../installation.ts';
import { firstLine } from '../password.ts';
import type { Speaker } from '../terminal.ts';

interface Options {
  gateway: string;
  token: string;
  device?: string;
  json?: boolean;
}

/** `campus-edge enroll`: joins this machine to the site of a gateway. */
export function addEnroll(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'enroll',
    summary: {
      en: 'join this machine to the site of a gateway, with a token of `join-token create`',
      'zh-CN': '使用 `join-token create` 生成的令牌，将本机加入网关所在站点',
    },
    example:
      'campus-edge enroll --gateway https://gateway.local:8443 --token "$TOKEN" --device room-101\ncampus-edge enroll --gateway https://gateway.local:8443 --token - < token.txt',
  });
  command
    .requiredOption(
      '--gateway <url>',
      speaker.say({
        en: 'https://host[:port] of the gateway (port 8443)',
        'zh-CN': '网关地址 https://主机[:端口]（端口默认 8443）',
      }),
    )
    .requiredOption(
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
    );
  withJson(command, speaker).action(async ({ gateway, token, device, json }: Options, self: Command) => {
    const home = homeOf(self, speaker);
    // Loaded only now, so that help and wrong use answer at once.
    const { enroll } = await import('../../agent/join/enroll.ts');
    const enrolment = await enroll({
      ...{ home, gateway, device },
      // What stands on a command line, every user of the machine can read while the command runs (proc(5), /proc/PID/cmdline).
      token: token === '-' ? await firstLine(speaker) : token,
      hostName: deviceIdFrom(hostname()),
    });
    if (json === true) {
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
