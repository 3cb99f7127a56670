import type { Command } from 'commander';
import { defineCommand } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge token revoke`: whoever holds the token is out. */
export function addTokenRevoke(parent: Command, speaker: Speaker): void {
  defineCommand(parent, speaker, {
    usage: 'revoke <token>',
    summary: { en: 'make a token invalid', 'zh-CN': '吊销令牌' },
    arguments: {
      token: { en: 'its id or name, as `token list` shows them', 'zh-CN': '令牌的标识或名称，见 `token list`' },
    },
    example: 'campus-edge token revoke grafana',
  }).action(async (idOrName: string, _options: object, self: Command) => {
    await withAdmin(self, speaker, (admin) => admin.revokeToken(idOrName));
    speaker.line(speaker.say({ en: `${idOrName} is revoked`, 'zh-CN': `${idOrName} 已吊销` }));
  });
}
