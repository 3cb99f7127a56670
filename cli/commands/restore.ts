import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupProgress, Manifest } from '../../gateway/offline.ts';
import { homeAt } from '../../runtime/home.ts';
import { version } from '../../runtime/version.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { homeDir, programName } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { ProgressLine, sizeText } from '../progress.ts';
import type { Speaker } from '../terminal.ts';

interface RestoreCommandOptions {
  force?: boolean;
  check?: boolean;
  json?: boolean;
}

/** `campus-edge restore`: a home as it was when it was backed up. */
export function addRestore(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'restore <file>',
    summary: {
      en: 'check a backup and put it into an empty home, of which nothing runs',
      'zh-CN': '校验备份并恢复到空的主目录（其上不得有进程运行）',
    },
    arguments: { file: { en: 'what `backup` made', 'zh-CN': '由 `backup` 生成的文件' } },
    example: 'campus-edge restore school.tar.zst --home /srv/campus\ncampus-edge restore school.tar.zst --check',
  });
  command
    .option(
      '--check',
      speaker.say({ en: 'only check the file, and write nothing', 'zh-CN': '仅校验文件，不写入任何内容' }),
    )
    .option(
      '--force',
      speaker.say({
        en: 'take a home that is not empty; its files are kept aside in it',
        'zh-CN': '允许恢复到非空的主目录；原有文件移到其中另行保留',
      }),
    );
  withJson(command, speaker).action(async (file: string, options: RestoreCommandOptions, self: Command) => {
    const archive = resolve(file);
    if (options.check === true) await check(archive, options, speaker);
    else await restore(archive, options, { self, speaker });
  });
}

async function check(archive: string, { json }: RestoreCommandOptions, speaker: Speaker): Promise<void> {
  const { checkArchive } = await import('../../gateway/offline.ts');
  const line = new ProgressLine(speaker, speaker.say({ en: 'Checking', 'zh-CN': '正在校验' }), json === true);
  const manifest = await interruptible(speaker, (signal) =>
    checkArchive({ archive, version, signal, onProgress: shown(line) }).finally(() => line.end()),
  );
  if (json === true) {
    speaker.line(JSON.stringify({ file: archive, ...facts(manifest) }));
    return;
  }
  const { created_at: createdAt, version: by, files } = manifest;
  const size = sizeText(files.reduce((sum, { bytes }) => sum + bytes, 0));
  speaker.line(
    speaker.say({
      en: `${archive} is whole: ${files.length} files, ${size}, made ${createdAt} by campus-edge ${by}`,
      'zh-CN': `${archive} 完整：${files.length} 个文件，${size}，由 campus-edge ${by} 生成于 ${createdAt}`,
    }),
  );
}

async function restore(
  archive: string,
  { force, json }: RestoreCommandOptions,
  { self, speaker }: { self: Command; speaker: Speaker },
): Promise<void> {
  const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
  const { isHistoryInHome, restoreHome } = await import('../../gateway/offline.ts');
  const { noteInAudit } = await import('../note-in-audit.ts');
  const line = new ProgressLine(speaker, speaker.say({ en: 'Restoring', 'zh-CN': '正在恢复' }), json === true);
  const { manifest, keptAside } = await interruptible(speaker, (signal) =>
    restoreHome({
      ...{ archive, home, version, signal, onProgress: shown(line) },
      force: force === true,
      now: Date.now(),
    }).finally(() => line.end()),
  );
  noteInAudit(home, 'home.restore', basename(archive), `made ${manifest.created_at} by ${manifest.version}`);
  if (json === true) {
    const aside = keptAside === undefined ? {} : { kept_aside: keptAside };
    speaker.line(JSON.stringify({ home: home.dir, file: archive, ...facts(manifest), ...aside }));
    return;
  }
  const { created_at: createdAt, store } = manifest;
  speaker.line(
    speaker.say({
      en: `${home.dir} is as it was on ${createdAt}. Start it: ${programName()} up --home ${home.dir}`,
      'zh-CN': `${home.dir} 已恢复到 ${createdAt} 的状态。启动：${programName()} up --home ${home.dir}`,
    }),
  );
  if (keptAside !== undefined) {
    speaker.line(speaker.say({ en: `What was there before: ${keptAside}`, 'zh-CN': `原有文件：${keptAside}` }));
  }
  if (isHistoryInHome(store)) return;
  speaker.line(
    speaker.say({
      en: `The history lies in ${store} and was not part of the backup.`,
      'zh-CN': `历史数据保存在 ${store}，不在备份之内。`,
    }),
  );
}

function shown(line: ProgressLine): (progress: BackupProgress) => void {
  return ({ doneBytes, totalBytes }) => line.show(totalBytes === 0 ? 1 : doneBytes / totalBytes);
}

function facts({ version: by, created_at, store, files }: Manifest): object {
  return {
    version: by,
    created_at,
    store,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
