import type { Command } from 'commander';
import { defineCommand, homeOf } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge device revoke`: takes a device's account away; its measurements stay. */
export function addDeviceRevoke(parent: Command, speaker: Speaker): void {
  defineCommand(parent, speaker, {
    usage: 'revoke <id>',
    summary: {
      en: "take a device's account away; what it has reported stays",
      'zh-CN': '吊销设备的账号；已上报的数据保留',
    },
    arguments: { id: { en: 'the device, as `device list` shows it', 'zh-CN': '设备标识，见 `device list`' } },
    example: 'campus-edge device revoke projector-101',
  }).action(async (device: string, _options: object, self: Command) => {
    const { siteOf } = await import('../reporting-access.ts');
    const site = siteOf(homeOf(self, speaker));
    await withAdmin(self, speaker, (admin) => admin.revokeDevice({ site, device }));
    speaker.line(
      speaker.say({ en: `${site}/${device} may report no longer`, 'zh-CN': `${site}/${device} 不能再上报` }),
    );
  });
}
