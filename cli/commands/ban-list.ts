import type { Command } from 'commander';
import { listBans } from '../bans.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

/** `campus-edge ban list`: whom too many failed log-ins keep waiting. */
export function addBanList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: { en: 'list the bans of the running gateway', 'zh-CN': '列出运行中网关的封禁' },
    example: 'campus-edge ban list\ncampus-edge ban list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const bans = await withGateway(self, speaker, listBans);
    if (options.json === true) {
      speaker.line(JSON.stringify({ bans }));
      return;
    }
    const heading = speaker.say({ en: 'KIND,SUBJECT,FAILURES,SINCE,UNTIL', 'zh-CN': '类型,对象,失败次数,开始,结束' });
    const rows = bans.map(({ kind, subject, failures, since, until }) => [
      kind,
      subject,
      String(failures),
      moment(since),
      moment(until),
    ]);
    speaker.out(table(heading.split(','), rows));
  });
}
