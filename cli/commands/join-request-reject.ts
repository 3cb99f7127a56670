import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { rejectJoinRequest } from '../join-requests.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

/** `campus-edge join-request reject`: a device that has asked is turned away. */
export function addJoinRequestReject(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'reject <request>',
    summary: { en: 'turn a device away that has asked to join', 'zh-CN': '拒绝设备的加入申请' },
    arguments: {
      request: {
        en: 'its verification code or id, as `join-request list` shows them',
        'zh-CN': '验证码或标识，见 `join-request list`',
      },
    },
    example: 'campus-edge join-request reject r-3f9c2a1b7d04',
  });
  withJson(command, speaker).action(async (request: string, options: { json?: boolean }, self: Command) => {
    const { id, code, device } = await withGateway(self, speaker, (gateway) => rejectJoinRequest(gateway, request));
    if (options.json === true) {
      speaker.line(JSON.stringify({ id, code, device }));
      return;
    }
    speaker.line(
      speaker.say({
        en: `The device with the code ${code}, which wished to be called ${device}, is turned away.`,
        'zh-CN': `已拒绝验证码为 ${code} 的设备（申请名称 ${device}）。`,
      }),
    );
  });
}
