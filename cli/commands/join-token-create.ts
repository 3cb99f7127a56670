import type { Command } from 'commander';
import { portFromEnv } from '../../runtime/ports.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import { durationOption } from '../duration-option.ts';
import { moment } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

interface Options {
  device?: string;
  ttl?: number;
  json?: boolean;
}

/** `campus-edge join-token create`: lets one box in. */
export function addJoinTokenCreate(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'create',
    summary: {
      en: 'let one machine join this site; the last line is the token, shown this once',
      'zh-CN': '允许一台设备加入本站点；最后一行是令牌，仅显示这一次',
    },
    example: 'campus-edge join-token create\ncampus-edge join-token create --device room-101 --ttl 2d',
  });
  command
    .option(
      '--device <id>',
      speaker.say({
        en: 'the only device that may join with it; it may have joined before',
        'zh-CN': '仅允许该设备加入（可以是曾加入过的设备）',
      }),
    )
    .option(
      '--ttl <duration>',
      speaker.say({
        en: 'how long it holds: 1m to 7d, such as 30m, 1h, 2d (default: 1h)',
        'zh-CN': '有效期：1m 至 7d，例如 30m、1h、2d（默认 1h）',
      }),
      durationOption(speaker),
    );
  withJson(command, speaker).action(async ({ device, ttl, json }: Options, self: Command) => {
    const { joinTokenLife } = await import('../../gateway/admin.ts');
    const lifeMs = ttl ?? joinTokenLife.defaultMs;
    const token = await withAdmin(self, speaker, (admin) => admin.createJoinToken({ device, lifeMs }));
    if (json === true) {
      speaker.line(JSON.stringify({ id: token.id, device, expires_at: token.expiresAt, token: token.text }));
      return;
    }
    const until = moment(token.expiresAt);
    speaker.line(
      speaker.say({
        en: `Token ${token.id} for ${device ?? 'one new device'}, until ${until}. On the machine that is to join:`,
        'zh-CN': `令牌 ${token.id}，用于${device ?? '一台新设备'}，有效期至 ${until}。在要加入的设备上运行：`,
      }),
    );
    const { networkHost, readGatewayConfig } = await import('../../gateway/config.ts');
    const host = networkHost(readGatewayConfig(homeOf(self, speaker).configFile).gateway.tls) ?? 'localhost';
    const port = portFromEnv('CAMPUS_HTTPS_PORT', speaker.env);
    speaker.line(`  campus-edge enroll --gateway https://${host.includes(':') ? `[${host}]` : host}:${port} --token …`);
    speaker.line('');
    speaker.line(token.text);
  });
}
