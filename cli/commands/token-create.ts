import type { Command } from 'commander';
import type { Role, TokenScope } from '../../gateway/admin.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { roleOption } from '../role-option.ts';
import { moment } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { scopeOption, ttlOption } from '../token-options.ts';
import { withAdmin } from '../with-admin.ts';

interface Options {
  role: Role;
  name?: string;
  scope?: TokenScope[];
  /** ms */
  ttl?: number;
  json?: boolean;
}

/** `campus-edge token create`: lets a program use the API. */
export function addTokenCreate(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'create',
    summary: {
      en: 'let a program use the API; the last line is the token, shown this once',
      'zh-CN': '为程序创建接口令牌；最后一行是令牌，仅显示这一次',
    },
    example:
      'campus-edge token create --role viewer --name grafana --ttl 90d\ncampus-edge token create --role viewer --name prometheus --scope metrics\nTOKEN=$(campus-edge token create --role viewer | tail -n 1)',
  });
  command
    .option('--name <name>', speaker.say({ en: 'what the token is called in lists', 'zh-CN': '令牌的名称' }))
    .addOption(roleOption(speaker))
    .addOption(scopeOption(speaker))
    .addOption(ttlOption(speaker));
  withJson(command, speaker).action(async ({ role, name, scope: scopes = [], ttl, json }: Options, self: Command) => {
    const token = await withAdmin(self, speaker, (admin) =>
      admin.createToken({ name, role, scopes, ...(ttl === undefined ? {} : { lifeMs: ttl }) }),
    );
    const expires = moment(token.expiresAt) ?? '';
    if (json === true) {
      speaker.line(
        JSON.stringify({
          ...{ id: token.id, name: token.name, role, scopes, expires_at: token.expiresAt, token: token.secret },
        }),
      );
      return;
    }
    speaker.line(
      speaker.say({
        en: `Token ${token.name} with the role ${role}, good until ${expires}, shown this once:`,
        'zh-CN': `令牌 ${token.name}，角色 ${role}，有效期至 ${expires}，仅显示这一次：`,
      }),
    );
    speaker.line(token.secret);
  });
}
