import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listBackups, newBackupName } from '../../../gateway/backup/folder.ts';
import { RESERVE_BYTES } from '../../../gateway/backup/room.ts';
import { EXPORTS_MAX } from '../../../gateway/exports.ts';
import { EXPORT_MS } from '../../../gateway/http/routes/export.ts';
import { commandPaths, helpOf } from '../../tidy/reference/cli.ts';
import { root } from '../../tidy/sources.ts';

const guide = readFileSync(join(root, 'docs/backup.md'), 'utf8');
const numbers: readonly string[] = ['no', 'one', 'two', 'three', 'four', 'five'];

it('the guide to backups names the bounds that hold', () => {
  expect(guide).toContain(`${RESERVE_BYTES / 1e6} MB beyond that stay free`);
  expect(guide.toLowerCase()).toContain(`${numbers[EXPORTS_MAX]} exports run at a\ntime`);
  expect(guide).toContain(`longer than ${numbers[EXPORT_MS / 60_000]} minutes`);
  expect(newBackupName('/nowhere', 'SITE', 0)).toBe('campus-edge-SITE-19700101T000000Z.tar.zst');
  expect(guide).toContain('campus-edge-SITE-DATE.tar.zst');
  expect(listBackups('/nowhere')).toEqual([]);
});

it('the guide to backups shows commands and options that there are', async () => {
  const commands = commandPaths().filter((path) => path.length > 0);
  const shown = [...guide.matchAll(/^(?:npx )?campus-edge (.+(?:\\\n.+)?)$/gm)].map((match) => match[1] ?? '');
  expect(shown.length).toBeGreaterThan(5);
  for (const line of shown) {
    const path = commands.findLast((words) => line.startsWith(words.join(' '))) ?? [];
    const help = await helpOf(path);
    for (const [option] of line.matchAll(/--[a-z]+/g)) expect(help, line).toContain(option);
  }
});
