import type { Command } from 'commander';
import type { FamilyMeasurement } from '../../agent/check.ts';
import { type Home, homeAt } from '../../runtime/home.ts';
import { CheckDisplay } from '../check-display.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { homeDir } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { measureThroughput } from '../measure-throughput.ts';
import { ownDeviceOf } from '../own-device.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

/** `campus-edge check`: is this room ready for a live lesson? */
export function addCheck(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'check',
    summary: {
      en: 'check in about a minute whether this room is ready for a live lesson in 1080p: link, addresses, first hop, DNS, portal, path to the gateway, throughput, by IPv4 and IPv6; exit code 1 unless it is ready without limits',
      'zh-CN':
        '在约一分钟内检查本教室能否进行 1080p 双向直播授课：链路、地址、第一跳、DNS、门户、到网关的路径与吞吐量（IPv4 与 IPv6）；未完全就绪时退出码为 1',
    },
    example: 'campus-edge check\ncampus-edge check --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    // Loaded only now: no other command should wait for what this one needs.
    const { checkHere, ...check } = await import('../../agent/check.ts');
    const display = options.json === true ? undefined : new CheckDisplay(speaker, check);
    const givenUp = { en: 'Given up.', 'zh-CN': '已取消。' };
    const report = await interruptible(
      speaker,
      (signal) =>
        checkHere({
          ...{ home, env: speaker.env, signal, onProgress: (progress) => display?.show(progress) },
          measureAsGateway: measurementByGateway(home, self, speaker),
        }).finally(() => display?.end()),
      givenUp,
    );
    if (display === undefined) speaker.line(JSON.stringify(check.reportJson(report)));
    else display.conclude(report);
    if (report.overall.ready !== 'yes') throw new AnsweredBadly(1);
  });
}

/** The gateway's own machine has no certificate: its administrator asks, as `campus-edge throughput` does. */
function measurementByGateway(home: Home, self: Command, speaker: Speaker): FamilyMeasurement | undefined {
  const device = ownDeviceOf(home);
  if (device === undefined) return undefined;
  return (family, during) =>
    withGateway(self, speaker, (gateway) =>
      measureThroughput(gateway, { device, choice: { families: [family] }, ...during }),
    );
}
