import { type Command, Option } from 'commander';
import { deviceSettings, deviceUri, type SettingsKind, settingsKinds } from '../../contract/device-settings.ts';
import { CampusError } from '../../contract/errors.ts';
import type { Home } from '../../runtime/home.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import type { NetworkAccess, ReportingAccess } from '../reporting-access.ts';
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
    example:
      'campus-edge device add projector-101\ncampus-edge device add sensor-7 --settings esphome\ncampus-edge device add projector-101 --rotate --json',
  });
  command.option(
    '--rotate',
    speaker.say({ en: 'give a device that has an account a new password', 'zh-CN': '为已有账号的设备更换密码' }),
  );
  command.addOption(
    new Option(
      '--settings <program>',
      speaker.say({
        en: 'print the settings of mosquitto, telegraf or esphome for reporting over the network',
        'zh-CN': '输出 mosquitto、telegraf 或 esphome 通过网络上报所需的配置',
      }),
    ).choices([...settingsKinds]),
  );
  withJson(command, speaker).action(
    async (device: string, options: { json?: boolean; rotate?: boolean; settings?: SettingsKind }, self: Command) => {
      const { reportingAccess, siteOf } = await import('../reporting-access.ts');
      const home = homeOf(self, speaker);
      const site = siteOf(home);
      if (options.settings !== undefined) await refuseWithoutNetwork(home);
      const account = await withAdmin(self, speaker, (admin) =>
        options.rotate === true ? admin.rotateDevice({ site, device }) : admin.addDevice({ site, device }),
      );
      const access = reportingAccess(account, { device, home, env: speaker.env });
      const { network, ...local } = access;
      if (options.json === true) {
        const forOthers = network && { tls_url: urlOf(network), ca: network.ca };
        speaker.line(JSON.stringify({ ...local, ...forOthers }));
      } else if (options.settings !== undefined && network !== undefined) {
        speaker.line(deviceSettings(options.settings, { ...access, ...network }));
      } else {
        speaker.line(await instructions(access, speaker));
      }
    },
  );
}

/** Before there is an account whose password nobody would see. @throws CampusError `not_ready` */
async function refuseWithoutNetwork(home: Home): Promise<void> {
  const { readGatewayConfig, networkAccess } = await import('../../gateway/config.ts');
  const { tls } = readGatewayConfig(home.configFile).gateway;
  if (networkAccess(home, tls, 0) !== undefined) return;
  throw new CampusError(
    'not_ready',
    `expected a gateway that other machines reach: start the gateway of ${home.dir} once, see gateway.tls in its configuration, and have your own certificate end with its authority`,
  );
}

function urlOf({ host, port }: NetworkAccess): string {
  return `mqtts://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** For devices on the network: where the broker is, and a QR code of all of it where a person looks at a terminal. */
async function networkInstructions(
  access: ReportingAccess,
  network: NetworkAccess,
  speaker: Speaker,
): Promise<string[]> {
  const lines = [`${speaker.say({ en: 'Network:  ', 'zh-CN': '局域网：' })} ${urlOf(network)}`];
  if (speaker.isTerminal) {
    const { renderUnicodeCompact } = await import('uqr');
    lines.push('', renderUnicodeCompact(deviceUri({ ...access, ...network })));
  }
  return lines;
}

/** The credentials for people, and a line that reports with them. */
async function instructions(access: ReportingAccess, speaker: Speaker): Promise<string> {
  const { username, password, topic, url, network } = access;
  const { hostname, port } = new URL(url);
  const payload = `'{"metrics":[{"name":"example","tags":{},"fields":{"value":1},"timestamp":'$(date +%s%3N)'}]}'`;
  return [
    `${speaker.say({ en: 'Broker:   ', 'zh-CN': '服务器：' })} ${url}`,
    `${speaker.say({ en: 'User name:', 'zh-CN': '用户名：' })} ${username}`,
    `${speaker.say({ en: 'Password: ', 'zh-CN': '密码：  ' })} ${password}`,
    `${speaker.say({ en: 'Topic:    ', 'zh-CN': '主题：  ' })} ${topic}`,
    ...(network === undefined ? [] : await networkInstructions(access, network, speaker)),
    '',
    speaker.say({
      en: 'The password is shown this once. To report a value from this machine (--settings prints what other machines need):',
      'zh-CN': '密码仅显示这一次。在本机上报一个数值（其他设备所需的配置见 --settings）：',
    }),
    '',
    `mosquitto_pub -h ${hostname.replace(/^\[(.*)\]$/, '$1')} -p ${port} -q 1 -u ${username} -P ${password} -t ${topic} \\`,
    `  -m ${payload}`,
  ].join('\n');
}
