import type { Command } from 'commander';
import type { Role } from '../../gateway/admin.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { roleOption } from '../role-option.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge token create`: lets a program use the API. */
export function addTokenCreate(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'create',
    summary: {
      en: 'let a program use the API; the last line is the token, shown this once',
      'zh-CN': '为程序创建接口令牌；最后一行是令牌，仅显示这一次',
    },
    example:
      'campus-edge token create --role viewer --name grafana\nTOKEN=$(campus-edge token create --role viewer | tail -n 1)',
  });
  command
    .option('--name <name>', speaker.say({ en: 'what the token is called in lists', 'zh-CN': '令牌的名称' }))
    .addOption(roleOption(speaker));
  withJson(command, speaker).action(
    async ({ role, name, json }: { role: Role; name?: string; json?: boolean }, self: Command) => {
      const token = await withAdmin(self, speaker, (admin) => admin.createToken({ name, role }));
      if (json === true) {
        speaker.line(JSON.stringify({ id: token.id, name: token.name, role, token: token.secret }));
        return;
      }
      speaker.line(
        speaker.say({
          en: `Token ${token.name} with the role ${role}, shown this once:`,
          'zh-CN': `令牌 ${token.name}，角色 ${role}，仅显示这一次：`,
        }),
      );
      speaker.line(token.secret);
    },
  );
}
