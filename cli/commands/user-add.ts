import type { Command } from 'commander';
import type { Role } from '../../gateway/admin.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { choosePassword, withGenerate } from '../password.ts';
import { roleOption } from '../role-option.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge user add`: somebody who may sign in. */
export function addUserAdd(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'add <name>',
    summary: {
      en: 'let a person sign in; the password is typed or read from standard input',
      'zh-CN': '添加可登录的用户；密码由键盘或标准输入给出',
    },
    arguments: {
      name: { en: '1 to 64 of a-z, 0-9, ".", "_" and "-"', 'zh-CN': '1 至 64 个字符：a-z、0-9、“.”、“_”和“-”' },
    },
    example: 'campus-edge user add wang --role operator\ncampus-edge user add zhao --role viewer --generate --json',
  });
  withGenerate(command, speaker).addOption(roleOption(speaker));
  withJson(command, speaker).action(
    async (name: string, options: { role: Role; generate?: boolean; json?: boolean }, self: Command) => {
      const { role } = options;
      const { password, generated } = await choosePassword(options, speaker);
      await withAdmin(self, speaker, (admin) => admin.addUser({ name, role, password }));
      if (options.json === true) {
        speaker.line(JSON.stringify({ name, role, ...(generated ? { password } : {}) }));
        return;
      }
      speaker.line(speaker.say({ en: `${name} may sign in as ${role}`, 'zh-CN': `${name} 可以登录，角色为 ${role}` }));
      if (generated) speaker.line(password);
    },
  );
}
