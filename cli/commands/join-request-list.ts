import type { Command } from 'commander';
import { defineCommand, withJson } from '../define-command.ts';
import { type JoinRequest, listJoinRequests } from '../join-requests.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

/** `campus-edge join-request list`: devices that wait to be let in. */
export function addJoinRequestList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: {
      en: 'list the devices that ask to join and wait, with their verification codes',
      'zh-CN': '列出等待批准的加入申请及其验证码',
    },
    example: 'campus-edge join-request list\ncampus-edge join-request list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const requests = await withGateway(self, speaker, listJoinRequests);
    if (options.json === true) speaker.line(JSON.stringify({ join_requests: requests }));
    else speaker.out(asTable(requests, speaker));
  });
}

function asTable(requests: readonly JoinRequest[], speaker: Speaker): string {
  const heading = speaker.say({
    en: 'CODE,WISHED NAME,NAME IS,ADDRESS,SINCE,EXPIRES,ID',
    'zh-CN': '验证码,申请名称,名称状态,地址,申请时间,到期时间,标识',
  });
  const taken = speaker.say({ en: 'taken', 'zh-CN': '已被占用' });
  const free = speaker.say({ en: 'free', 'zh-CN': '可用' });
  const rows = requests.map(
    ({ id, device, name_taken: isTaken, code, address, created_at: since, expires_at: until }) => [
      ...[code, device, isTaken ? taken : free],
      ...[address, moment(since), moment(until), id],
    ],
  );
  return table(heading.split(','), rows);
}
