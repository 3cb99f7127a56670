import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import { type Home, homeAt } from '../../runtime/home.ts';
import { readRunning } from '../../runtime/running.ts';
import type { MadeBackup } from '../backup-home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { homeDir } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { ProgressLine, sizeText } from '../progress.ts';
import type { Speaker } from '../terminal.ts';

interface BackupCommandOptions {
  out?: string;
  keep?: number;
  json?: boolean;
}

/** `campus-edge backup`: the whole home in one file, while it runs or not. */
export function addBackup(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'backup',
    summary: {
      en: 'back the whole home up to one file, while it runs or not',
      'zh-CN': '将整个主目录备份到一个文件，运行中或已停止均可',
    },
    example: 'campus-edge backup --keep 14\ncampus-edge backup --out /mnt/usb/school.tar.zst',
  });
  const out = speaker.say({
    en: 'the file, which must not exist (default: a name with the date in the folder backups of the home)',
    'zh-CN': '备份文件，须不存在（默认：主目录的 backups 文件夹中以日期命名的文件）',
  });
  const keep = speaker.say({
    en: 'delete the oldest backups of that folder beyond so many',
    'zh-CN': '该文件夹中只保留最近的若干个备份，删除更早的',
  });
  command.option('--out <file>', out).addOption(new Option('--keep <n>', keep).argParser(wholeNumber).conflicts('out'));
  withJson(command, speaker).action(async (options: BackupCommandOptions, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    if (!existsSync(home.dir)) {
      throw new CampusError('not_found', `expected the home ${home.dir}, which does not exist: name it by --home DIR`);
    }
    const target = options.out === undefined ? undefined : refuseExisting(resolve(options.out));
    const made = await interruptible(speaker, (signal) => backUp({ home, options, target, signal, speaker }));
    report(made, options, speaker);
  });
}

interface BackUpOptions {
  home: Home;
  options: BackupCommandOptions;
  target: string | undefined;
  signal: AbortSignal;
  speaker: Speaker;
}

async function backUp({ home, options, target, signal, speaker }: BackUpOptions): Promise<MadeBackup> {
  const { keep, json } = options;
  // Loaded only now: no other command should wait for what this one needs.
  const { backupByGateway, backupHere } = await import('../backup-home.ts');
  const label = speaker.say({ en: 'Backing up', 'zh-CN': '正在备份' });
  const line = new ProgressLine(speaker, label, json === true);
  const common = {
    home,
    signal,
    onProgress: (share: number) => line.show(share),
    ...(keep === undefined ? {} : { keep }),
  };
  try {
    const running = readRunning(home.gatewayDir);
    if (running?.url === undefined) return await backupHere({ ...common, ...(target === undefined ? {} : { target }) });
    const made = await backupByGateway({ ...common, url: running.url });
    return target === undefined ? made : { ...made, file: moveTo(made.file, target) };
  } finally {
    line.end();
  }
}

/** Moves a finished backup to where it is wanted, which may be another disk: whole or not at all. */
function moveTo(file: string, target: string): string {
  refuseExisting(target);
  const partial = `${target}.partial`;
  try {
    copyFileSync(file, partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new CampusError(
      full ? 'disk_full' : 'home_not_writable',
      `cannot write ${target} (${(error as Error).message}): the backup is complete and stays at ${file}`,
      { cause: error },
    );
  }
  rmSync(file);
  return target;
}

function refuseExisting(target: string): string {
  if (existsSync(target)) {
    throw new CampusError('already_exists', `expected a file that does not exist, got ${target}: choose another name`);
  }
  if (!existsSync(dirname(target))) {
    throw new CampusError('not_found', `expected a directory ${dirname(target)} for the backup, got nothing`);
  }
  return target;
}

function report(made: MadeBackup, { json }: BackupCommandOptions, speaker: Speaker): void {
  if (json === true) {
    const { file, bytes, store, historyIncluded, deleted } = made;
    speaker.line(JSON.stringify({ file, bytes, store, history_included: historyIncluded, deleted }));
    return;
  }
  const { file, bytes, store, deleted, historyIncluded } = made;
  const size = sizeText(bytes);
  speaker.line(speaker.say({ en: `Backed up to ${file} (${size})`, 'zh-CN': `已备份到 ${file}（${size}）` }));
  for (const name of deleted) speaker.line(speaker.say({ en: `Deleted ${name}`, 'zh-CN': `已删除 ${name}` }));
  if (historyIncluded) return;
  speaker.err(
    speaker.say({
      en: `The history lies in ${store} and is not part of the backup: back that server up by its own means.\n`,
      'zh-CN': `历史数据保存在 ${store}，不在本备份之内：请用该服务器自带的方式备份。\n`,
    }),
  );
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number from 1 to 999');
}
