import type { Command } from 'commander';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import type { ReportingAccess } from '../reporting-access.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

/** `campus-edge device add`: an MQTT account for a device. */
export function addDeviceAdd(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'add <id>',
    summary: {
      en: 'give a device an account and print its credentials, once',
      'zh-CN': '为设备创建账号并显示其凭据（仅此一次）',
    },
    arguments: { id: { en: '1 to 63 of a-z, 0-9 and -', 'zh-CN': '1 至 63 个字符：a-z、0-9 和 -' } },
    example: 'campus-edge device add projector-101\ncampus-edge device add projector-101 --rotate --json',
  });
  command.option(
    '--rotate',
    speaker.say({ en: 'give a device that has an account a new password', 'zh-CN': '为已有账号的设备更换密码' }),
  );
  withJson(command, speaker).action(
    async (device: string, options: { json?: boolean; rotate?: boolean }, self: Command) => {
      const { reportingAccess, siteOf } = await import('../reporting-access.ts');
      const home = homeOf(self, speaker);
      const site = siteOf(home);
      const account = await withAdmin(self, speaker, (admin) =>
        options.rotate === true ? admin.rotateDevice({ site, device }) : admin.addDevice({ site, device }),
      );
      const access = reportingAccess(account, { device, home, env: speaker.env });
      speaker.line(options.json === true ? JSON.stringify(access) : instructions(access, speaker));
    },
  );
}

/** The credentials for people, and a line that reports with them. */
function instructions({ username, password, topic, url }: ReportingAccess, speaker: Speaker): string {
  const { hostname, port } = new URL(url);
  const payload = `'{"metrics":[{"name":"example","tags":{},"fields":{"value":1},"timestamp":'$(date +%s%3N)'}]}'`;
  return [
    `${speaker.say({ en: 'Broker:   ', 'zh-CN': '服务器：' })} ${url}`,
    `${speaker.say({ en: 'User name:', 'zh-CN': '用户名：' })} ${username}`,
    `${speaker.say({ en: 'Password: ', 'zh-CN': '密码：  ' })} ${password}`,
    `${speaker.say({ en: 'Topic:    ', 'zh-CN': '主题：  ' })} ${topic}`,
    '',
    speaker.say({
      en: 'The password is shown this once. To report a value:',
      'zh-CN': '密码仅显示这一次。上报一个数值：',
    }),
    '',
    `mosquitto_pub -h ${hostname.replace(/^\[(.*)\]$/, '$1')} -p ${port} -q 1 -u ${username} -P ${password} -t ${topic} \\`,
    `  -m ${payload}`,
  ].join('\n');
}
