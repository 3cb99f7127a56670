import type { Command } from 'commander';
import type { StoreCopyResult } from '../../gateway/store-copy.ts';
import { shutdownRequested } from '../../runtime/shutdown.ts';
import { CopyDisplay, duration, grouped } from '../copy-display.ts';
import { defineCommand, homeOf, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { momentOption } from '../moment-option.ts';
import type { Speaker } from '../terminal.ts';

interface CopyOptions {
  from: string;
  to: string;
  measurement?: string[];
  since?: number;
  until?: number;
  restart?: boolean;
  json?: boolean;
}

/** `campus-edge store copy`: moves history from one store to another. */
export function addStoreCopy(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'copy',
    summary: {
      en: 'copy history from one store to another; ended or killed, the same command goes on, and no point is there twice. Stop the gateway first where one of the two is duckdb',
      'zh-CN': '在两个存储之间复制历史数据；中断后重复同一命令即可继续，数据点不会重复。若其一为 duckdb，请先停止网关',
    },
    example:
      'campus-edge store copy --from duckdb --to victoriametrics://127.0.0.1:8428\ncampus-edge store copy --from influxdb://127.0.0.1/campus --to duckdb --measurement network --since 2026-01-01',
  });
  const location = speaker.say({
    en: 'as gateway.store in campus-edge.yaml',
    'zh-CN': '写法同 campus-edge.yaml 的 gateway.store',
  });
  command
    .requiredOption('--from <location>', speaker.say({ en: `source: ${location}`, 'zh-CN': `来源：${location}` }))
    .requiredOption('--to <location>', speaker.say({ en: `target: ${location}`, 'zh-CN': `目标：${location}` }))
    .option(
      '--measurement <name...>',
      speaker.say({ en: 'only these measurements (default: all)', 'zh-CN': '仅复制这些测量项（默认：全部）' }),
    )
    .addOption(
      momentOption(
        '--since',
        speaker.say({ en: 'first moment, e.g. 2026-03-01', 'zh-CN': '起始时间，如 2026-03-01' }),
        speaker,
      ),
    )
    .addOption(
      momentOption(
        '--until',
        speaker.say({ en: 'end, itself not copied (default: now)', 'zh-CN': '结束时间，不含其本身（默认：现在）' }),
        speaker,
      ),
    )
    .option('--restart', speaker.say({ en: 'forget an unfinished copy', 'zh-CN': '放弃未完成的复制，重新开始' }));
  withJson(command, speaker).action((options: CopyOptions, self: Command) => copy(options, self, speaker));
}

async function copy(options: CopyOptions, command: Command, speaker: Speaker): Promise<void> {
  const { measurement: measurements = [], since, until, restart = false, json = false, from, to } = options;
  const home = homeOf(command, speaker);
  const stop = new AbortController();
  shutdownRequested().then(() => stop.abort());
  const display = new CopyDisplay(speaker, () => performance.now());
  // Loaded only now, so that help and wrong use answer at once.
  const { copyStore } = await import('../../gateway/store-copy.ts');
  let result: StoreCopyResult;
  try {
    result = await copyStore({
      ...{ home, from, to, measurements, restart, signal: stop.signal, now: Date.now },
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      onProgress: (progress) => {
        if (!json) display.show(progress);
      },
    });
  } finally {
    if (!json) display.end();
  }
  if (json)
    speaker.line(JSON.stringify({ ...result, ...totals(result), seconds: Math.round(display.seconds * 1000) / 1000 }));
  else speaker.out(inWords(result, display.seconds, speaker));
  if (!result.complete) throw new AnsweredBadly(1);
}

function totals({ measurements }: StoreCopyResult): { points: number; skipped: number } {
  return {
    points: measurements.reduce((sum, { points }) => sum + points, 0),
    skipped: measurements.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

function inWords(result: StoreCopyResult, seconds: number, speaker: Speaker): string {
  const { points, skipped } = totals(result);
  const [count, names, time] = [grouped(points), result.measurements.length, duration(seconds, speaker)];
  const lines = [
    result.complete
      ? speaker.say({
          en: `${count} points of ${names} measurements are in ${result.to}; this run took ${time}`,
          'zh-CN': `${names} 个测量项的 ${count} 个数据点已写入 ${result.to}，本次用时 ${time}`,
        })
      : speaker.say({
          en: `stopped; ${count} points are in ${result.to} to stay. The same command goes on from there, --restart begins anew`,
          'zh-CN': `已停止；已有 ${count} 个数据点在 ${result.to} 中落盘。重复同一命令即可继续，--restart 重新开始`,
        }),
  ];
  if (skipped > 0) {
    lines.push(
      speaker.say({
        en: `${grouped(skipped)} values were left out: the target does not hold their type, or holds the field with another`,
        'zh-CN': `${grouped(skipped)} 个值未写入：目标存储不支持其类型，或字段类型不一致`,
      }),
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}
