import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Speaker } from '../terminal.ts';

const built = fileURLToPath(new URL('../../dashboards/console/dist/index.html', import.meta.url));
const buildProgram = fileURLToPath(new URL('../../dashboards/console/prepare.js', import.meta.url));

/**
 * Builds the console when that has not happened (`npm ci` does it, unless scripts are switched off).
 * A console that does not build keeps nobody from measuring: it is said, and the rest starts.
 */
export async function buildConsoleIfMissing(speaker: Speaker): Promise<void> {
  if (existsSync(built) || !existsSync(buildProgram)) return;
  speaker.line(speaker.say({ en: 'Building the console, once …', 'zh-CN': '正在构建控制台（仅此一次）…' }));
  const child = spawn(process.execPath, [buildProgram], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    speaker.err(
      speaker.say({
        en: 'The console could not be built; it will be missing. `npm run build:console` shows why.\n',
        'zh-CN': '控制台构建失败，本次运行没有控制台。请运行 `npm run build:console` 查看原因。\n',
      }),
    );
  }
}
