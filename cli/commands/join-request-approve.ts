import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { approveJoinRequest } from '../join-requests.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

interface Options {
  name?: string;
  json?: boolean;
}

/** `campus-edge join-request approve`: a device that has asked is let in. */
export function addJoinRequestApprove(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'approve <request>',
    summary: { en: 'let a device in that has asked to join', 'zh-CN': '批准设备的加入申请' },
    arguments: {
      request: {
        en: 'the verification code that the device itself shows, or the id of `join-request list` once you have compared the codes',
        'zh-CN': '设备上显示的验证码；或在核对验证码后使用 `join-request list` 中的标识',
      },
    },
    example: 'campus-edge join-request approve 7K3M-9QXW\ncampus-edge join-request approve 7K3M-9QXW --name room-101',
  });
  command.option(
    '--name <id>',
    speaker.say({ en: 'what it is to be called (default: as it wishes)', 'zh-CN': '设备标识（默认采用申请的名称）' }),
  );
  withJson(command, speaker).action(async (request: string, { name, json }: Options, self: Command) => {
    const { id, code, site, device } = await withGateway(self, speaker, (gateway) =>
      approveJoinRequest(gateway, request, name),
    );
    if (json === true) {
      speaker.line(JSON.stringify({ id, code, site, device }));
      return;
    }
    speaker.line(
      speaker.say({
        en: `The device with the code ${code} is let in as ${site}/${device}; it fetches its certificate within seconds.`,
        'zh-CN': `已批准验证码为 ${code} 的设备以 ${site}/${device} 加入；设备将在数秒内领取证书。`,
      }),
    );
  });
}
