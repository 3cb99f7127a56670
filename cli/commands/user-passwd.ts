import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { choosePassword, withGenerate } from '../password.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge user passwd`: a new password, for whoever lost the old one. */
export function addUserPasswd(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'passwd <name>',
    summary: {
      en: "set a user's password and end the user's sessions",
      'zh-CN': '重设用户密码，并结束其全部会话',
    },
    arguments: { name: { en: 'the user, as `user list` shows it', 'zh-CN': '用户名，见 `user list`' } },
    example: 'campus-edge user passwd admin\ncampus-edge user passwd admin --generate',
  });
  withJson(withGenerate(command, speaker), speaker).action(
    async (name: string, options: { generate?: boolean; json?: boolean }, self: Command) => {
      const { password, generated } = await choosePassword(options, speaker);
      await withAdmin(self, speaker, (admin) => admin.setPassword({ name, password }));
      if (options.json === true) {
        speaker.line(JSON.stringify({ name, ...(generated ? { password } : {}) }));
        return;
      }
      speaker.line(speaker.say({ en: `${name} has a new password`, 'zh-CN': `${name} 的密码已更新` }));
      if (generated) speaker.line(password);
    },
  );
}
