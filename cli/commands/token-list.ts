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
      const rows = tokens.map(({ id, name, role, createdAt, createdBy, usedAt }) => ({
        id,
        name,
        role,
        created_at: createdAt,
        created_by: createdBy,
        last_used_at: usedAt,
      }));
      speaker.line(JSON.stringify({ tokens: rows }));
      return;
    }
    const heading = speaker.say({
      en: 'ID,NAME,ROLE,CREATED,CREATED BY,LAST USED',
      'zh-CN': '标识,名称,角色,创建时间,创建者,最近使用',
    });
    const rows = tokens.map(({ id, name, role, createdAt, createdBy, usedAt }) => [
      id,
      name,
      role,
      moment(createdAt),
      createdBy,
      moment(usedAt),
    ]);
    speaker.out(table(heading.split(','), rows));
  });
}
