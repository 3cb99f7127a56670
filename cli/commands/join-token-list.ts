import type { Command } from 'commander';
import type { JoinToken } from '../../gateway/admin.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge join-token list`: the tokens that let devices in, used ones for a month after. */
export function addJoinTokenList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: { en: 'list the join tokens, without their secrets', 'zh-CN': '列出加入令牌（不含机密部分）' },
    example: 'campus-edge join-token list\ncampus-edge join-token list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const tokens = await withAdmin(self, speaker, (admin) => admin.listJoinTokens());
    if (options.json === true) speaker.line(JSON.stringify({ join_tokens: tokens.map(asJson) }));
    else speaker.out(asTable(tokens, speaker));
  });
}

function asJson({ id, device, createdAt, createdBy, expiresAt, usedAt, usedBy }: JoinToken): object {
  return {
    ...{ id, device, created_at: createdAt, created_by: createdBy },
    ...{ expires_at: expiresAt, used_at: usedAt, used_by: usedBy },
  };
}

function asTable(tokens: readonly JoinToken[], speaker: Speaker): string {
  const heading = speaker.say({
    en: 'ID,DEVICE,CREATED BY,EXPIRES,USED,USED BY',
    'zh-CN': '标识,设备,创建者,到期时间,使用时间,使用设备',
  });
  const rows = tokens.map(({ id, device, createdBy, expiresAt, usedAt, usedBy }) => [
    ...[id, device, createdBy],
    ...[moment(expiresAt), moment(usedAt), usedBy],
  ]);
  return table(heading.split(','), rows);
}
