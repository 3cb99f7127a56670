import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge user list`: the people who may sign in. */
export function addUserList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: { en: 'list the people who may sign in', 'zh-CN': '列出可登录的用户' },
    example: 'campus-edge user list\ncampus-edge user list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const users = await withAdmin(self, speaker, (admin) => admin.listUsers());
    if (options.json === true) {
      const rows = users.map(({ name, role, createdAt, changedAt }) => ({
        name,
        role,
        created_at: createdAt,
        password_changed_at: changedAt,
      }));
      speaker.line(JSON.stringify({ users: rows }));
      return;
    }
    const heading = speaker.say({ en: 'NAME,ROLE,ADDED,PASSWORD SET', 'zh-CN': '用户名,角色,创建时间,密码设置时间' });
    const rows = users.map(({ name, role, createdAt, changedAt }) => [
      name,
      role,
      moment(createdAt),
      moment(changedAt),
    ]);
    speaker.out(table(heading.split(','), rows));
  });
}
