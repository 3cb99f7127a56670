import { type Command, Option } from 'commander';
import type { LocalText } from '../contract/alert.ts';
import { languages } from '../contract/language.ts';
import { type Home, type HomeOwner, openHome } from '../runtime/home.ts';
import { homeDir } from './installation.ts';
import type { Speaker } from './terminal.ts';

/** What every command gets by the options that stand on the program. */
export interface GlobalOptions {
  home?: string;
  lang?: string;
}

export interface CommandText {
  /** Name and arguments as commander reads them, e.g. `add <id>`. */
  usage: string;
  summary: LocalText;
  /** Shell lines that work as they stand, shown at the end of the command's help. */
  example: string;
  /** What each argument is. */
  arguments?: Readonly<Record<string, LocalText>>;
}

/** Adds a command, with its help in the speaker's language, to `parent`. */
export function defineCommand(parent: Command, speaker: Speaker, text: CommandText): Command {
  const [name = '', ...args] = text.usage.split(' ');
  const command = parent.command(name).description(speaker.say(text.summary));
  for (const argument of args) {
    const description = text.arguments?.[argument.replaceAll(/[<>[\]]/g, '')];
    command.argument(argument, description === undefined ? '' : speaker.say(description));
  }
  describeHelp(command, speaker);
  const title = speaker.say({ en: 'Example:', 'zh-CN': '示例：' });
  command.addHelpText('after', `\n${title}\n${text.example.replaceAll(/^/gm, '  ')}`);
  return command;
}

/** Adds a command that only holds others, such as `device`. */
export function defineGroup(parent: Command, speaker: Speaker, name: string, summary: LocalText): Command {
  const group = parent.command(name).description(speaker.say(summary)).helpCommand(false);
  describeHelp(group, speaker);
  return group;
}

/** Adds `--json`, for commands that print results. */
export function withJson(command: Command, speaker: Speaker): Command {
  return command.option('--json', speaker.say({ en: 'print one JSON value', 'zh-CN': '输出一个 JSON 值' }));
}

/** Adds the options that stand on the program and hold for every command. */
export function withGlobalOptions(program: Command, speaker: Speaker): Command {
  const home = speaker.say({
    en: 'where all state lies (CAMPUS_HOME; default: ./data in a checkout, else /var/lib/campus-edge)',
    'zh-CN': '存放全部状态的目录（CAMPUS_HOME；默认：代码目录下的 ./data，否则 /var/lib/campus-edge）',
  });
  const lang = speaker.say({
    en: 'language of the texts: zh-CN or en (default: from LC_ALL, LC_MESSAGES or LANG)',
    'zh-CN': '界面语言：zh-CN 或 en（默认取自 LC_ALL、LC_MESSAGES 或 LANG）',
  });
  return program.option('--home <dir>', home).addOption(new Option('--lang <language>', lang).choices([...languages]));
}

/**
 * Opens the home that the options and the environment name, making it when it is missing.
 * @param owner the process that the command runs, which needs its own part of the home only
 */
export function homeOf(command: Command, speaker: Speaker, owner?: HomeOwner): Home {
  return openHome(homeDir(command.optsWithGlobals<GlobalOptions>().home, speaker.env), owner);
}

const titlesInChinese: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};

/** The parts of a help page that commander words by itself. */
export function describeHelp(command: Command, speaker: Speaker): void {
  command.helpOption('-h, --help', speaker.say({ en: 'show this help', 'zh-CN': '显示本帮助' })).configureHelp({
    showGlobalOptions: true,
    styleTitle: (title) => speaker.say({ en: title, 'zh-CN': titlesInChinese[title] ?? title }),
    // Choices and defaults are told in the descriptions, in the reader's language.
    optionDescription: (option) => option.description,
  });
}
