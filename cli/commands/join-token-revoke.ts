import type { Command } from 'commander';
import { defineCommand } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge join-token revoke`: a token that nobody has used lets nobody in. */
export function addJoinTokenRevoke(parent: Command, speaker: Speaker): void {
  defineCommand(parent, speaker, {
    usage: 'revoke <token>',
    summary: { en: 'take an unused join token back', 'zh-CN': '收回未使用的加入令牌' },
    arguments: { token: { en: 'its id, as `join-token list` shows it', 'zh-CN': '令牌标识，见 `join-token list`' } },
    example: 'campus-edge join-token revoke j-3f9c2a1b7d04',
  }).action(async (id: string, _options: object, self: Command) => {
    await withAdmin(self, speaker, (admin) => admin.revokeJoinToken(id));
    speaker.line(speaker.say({ en: `${id} is revoked`, 'zh-CN': `${id} 已收回` }));
  });
}
