import type { Command } from 'commander';
import { liftBans } from '../bans.ts';
import { defineCommand } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

/** `campus-edge ban lift`: an address or a user may try again at once. */
export function addBanLift(parent: Command, speaker: Speaker): void {
  defineCommand(parent, speaker, {
    usage: 'lift <subject>',
    summary: { en: 'let an address or a user try again at once', 'zh-CN': '解除对地址或用户的封禁' },
    arguments: {
      subject: { en: 'as `ban list` shows it', 'zh-CN': '对象，见 `ban list`' },
    },
    example: 'campus-edge ban lift 192.0.2.7',
  }).action(async (subject: string, _options: object, self: Command) => {
    await withGateway(self, speaker, (gateway) => liftBans(gateway, subject));
    speaker.line(speaker.say({ en: `${subject} may try again`, 'zh-CN': `${subject} 可以重试` }));
  });
}
