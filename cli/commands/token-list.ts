import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge token list`: the programs that may use the API. */
export function addTokenList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: { en: 'list the tokens, without their secrets', 'zh-CN': '列出令牌（不含令牌内容）' },
    example: 'campus-edge token list\ncampus-edge token list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const tokens = await withAdmin(self, speaker, (admin) => admin.listTokens());
    if (options.json === true) {
      const rows = tokens.map(({ id, name, role, scopes, createdAt, createdBy, expiresAt, usedAt }) => ({
        id,
        name,
        role,
        scopes,
        created_at: createdAt,
        created_by: createdBy,
        expires_at: expiresAt,
        last_used_at: usedAt,
      }));
      speaker.line(JSON.stringify({ tokens: rows }));
      return;
    }
    const heading = speaker.say({
      en: 'ID,NAME,ROLE,SCOPES,CREATED,CREATED BY,EXPIRES,LAST USED',
      'zh-CN': '标识,名称,角色,范围,创建时间,创建者,有效期至,最近使用',
    });
    const rows = tokens.map(({ id, name, role, scopes, createdAt, createdBy, expiresAt, usedAt }) => [
      id,
      name,
      role,
      scopes.length === 0 ? undefined : scopes.join(' '),
      moment(createdAt),
      createdBy,
      moment(expiresAt),
      moment(usedAt),
    ]);
    speaker.out(table(heading.split(','), rows));
  });
}
