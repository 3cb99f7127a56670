import type { Command } from 'commander';
import type { AdminDevice } from '../../gateway/admin.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { moment, table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge device list`: the devices that have or had an account. */
export function addDeviceList(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'list',
    summary: { en: 'list the devices that have or had an account', 'zh-CN': '列出有过账号的设备' },
    example: 'campus-edge device list\ncampus-edge device list --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const devices = await withAdmin(self, speaker, (admin) => admin.listDevices());
    if (options.json === true) speaker.line(JSON.stringify({ devices: devices.map(asJson) }));
    else speaker.out(asTable(devices, speaker));
  });
}

function asJson({ id, site, revoked, addedAt, firstSeen, lastSeen }: AdminDevice): object {
  return { id, site, revoked, added_at: addedAt, first_seen: firstSeen, last_seen: lastSeen };
}

function asTable(devices: readonly AdminDevice[], speaker: Speaker): string {
  const heading = speaker.say({
    en: 'SITE,DEVICE,ACCOUNT,ADDED,LAST SEEN',
    'zh-CN': '站点,设备,账号,创建时间,最近上报',
  });
  const account = (revoked: boolean): string =>
    revoked ? speaker.say({ en: 'revoked', 'zh-CN': '已吊销' }) : speaker.say({ en: 'valid', 'zh-CN': '有效' });
  const rows = devices.map(({ site, id, revoked, addedAt, lastSeen }) => [
    site,
    id,
    account(revoked),
    moment(addedAt),
    moment(lastSeen),
  ]);
  return table(heading.split(','), rows);
}
