import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { homeDir } from '../installation.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge config check`: is campus-edge.yaml right, in every process's eyes? */
export function addConfigCheck(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'check',
    summary: { en: 'check the configuration file of the home', 'zh-CN': '检查主目录中的配置文件' },
    example: 'campus-edge config check\ncampus-edge config check --json',
  });
  withJson(command, speaker).action(async (options: { json?: boolean }, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    const { effectiveConfig } = await import('../effective-config.ts');
    const config = effectiveConfig(home);
    if (options.json === true) {
      const { redactLocation } = await import('../../gateway/config.ts');
      // What is printed may be sent to somebody: the passwords and tokens of stores stay here.
      const withoutSecrets = (_key: string, value: unknown): unknown =>
        typeof value === 'string' && value.includes('://') ? redactLocation(value) : value;
      speaker.line(JSON.stringify(config, withoutSecrets, 2));
      return;
    }
    speaker.line(
      existsSync(home.configFile)
        ? speaker.say({ en: `${home.configFile} is valid`, 'zh-CN': `${home.configFile} 有效` })
        : speaker.say({
            en: `${home.configFile} does not exist: the defaults hold`,
            'zh-CN': `${home.configFile} 不存在：使用默认配置`,
          }),
    );
  });
}
