import type { Command } from 'commander';
import pino from 'pino';
import { shutdownRequested } from '../../runtime/shutdown.ts';
import { version } from '../../runtime/version.ts';
import { defineCommand, homeOf } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { programName } from '../installation.ts';
import { followLog, prettyLine } from '../supervisor/child-log.ts';
import { buildConsoleIfMissing } from '../supervisor/console-build.ts';
import type { Ready } from '../supervisor/ready.ts';
import { spawnProcess } from '../supervisor/spawn-process.ts';
import { supervise } from '../supervisor/supervise.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge up`: the whole product on one machine. */
export function addUp(program: Command, speaker: Speaker): void {
  defineCommand(program, speaker, {
    usage: 'up',
    summary: {
      en: 'run gateway, agent and flows together, and start again what ends',
      'zh-CN': '同时运行网关、采集代理与规则流，并在其退出后重新启动',
    },
    example: 'campus-edge up\nCAMPUS_HTTP_PORT=9080 campus-edge up --home /srv/campus',
  }).action(async (_options: object, command: Command) => {
    const home = homeOf(command, speaker);
    // A mistake in the part of any process is found before the first of them starts.
    const { effectiveConfig, mayStartPrograms } = await import('../effective-config.ts');
    effectiveConfig(home);
    await up(home.dir, speaker, !mayStartPrograms(home));
  });
}

/**
 * Runs the three processes until SIGTERM or SIGINT.
 * @param confined whether flows are kept from starting programs
 * @throws AnsweredBadly with exit code 2 when one of them cannot run as it is configured
 */
async function up(home: string, speaker: Speaker, confined: boolean): Promise<void> {
  const stop = shutdownRequested();
  await buildConsoleIfMissing(speaker);
  const pretty = prettyLine(speaker.colours);
  const format = speaker.isTerminal ? pretty : (line: string) => `${line}\n`;
  const log = pino({ base: { name: 'up' } }, { write: (line) => speaker.out(format(line.trimEnd())) });
  const outcome = await supervise({
    spawn: (name) => {
      const child = spawnProcess(name, {
        home,
        lang: speaker.language,
        env: speaker.env,
        pipeLog: speaker.isTerminal,
        confined,
      });
      if (child.stdout !== null) followLog(child.stdout, format, speaker.out);
      return child;
    },
    stop,
    onFirstReady: (ready) => speaker.out(welcome(ready, speaker)),
    onEnded: (name, cause, waitMs) => {
      const seconds = waitMs / 1000;
      log.warn(
        speaker.say({
          en: `${name} ended (${cause}); starting it again in ${seconds} s`,
          'zh-CN': `${name} 已退出（${cause}），${seconds} 秒后重新启动`,
        }),
      );
    },
  });
  if (outcome === 'refused') throw new AnsweredBadly(2);
}

/** Where the console is and, on the first run, how to get in. It goes to the terminal and to no log. */
function welcome(ready: Ready, speaker: Speaker): string {
  const lines = [
    speaker.say({ en: `campus-edge ${version} is ready.`, 'zh-CN': `campus-edge ${version} 已就绪。` }),
    `  ${speaker.say({ en: 'Console:      ', 'zh-CN': '控制台：' })} ${ready.url ?? ''}`,
  ];
  if (ready.networkUrl !== undefined) {
    lines.push(`  ${speaker.say({ en: 'On the network:', 'zh-CN': '局域网：' })} ${ready.networkUrl}`);
  }
  if (ready.adminPassword !== undefined) {
    lines.push(
      `  ${speaker.say({ en: 'User name:    ', 'zh-CN': '用户名：' })} admin`,
      `  ${speaker.say({ en: 'Password:     ', 'zh-CN': '密码：  ' })} ${ready.adminPassword}`,
      `  ${speaker.say({
        en: `The password is shown this once. A new one: ${programName()} user passwd admin`,
        'zh-CN': `密码仅显示这一次。重设密码：${programName()} user passwd admin`,
      })}`,
    );
  }
  return `\n${lines.join('\n')}\n\n`;
}
