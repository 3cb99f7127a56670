import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';
import type { Room } from './room.ts';
import { familyNames, type Obstacle, obstacle, type StepResult, shown, stepResult, text } from './step.ts';

/** Mbit/s of each direction; what could not be measured is absent. */
export interface Throughput {
  downMbitPerSecond?: number;
  upMbitPerSecond?: number;
  /** Why nothing was measured, or not all. */
  error?: string;
}

/** Why the throughput was not measured, and what to try: nothing is wrong with the network. */
export type Unmeasured = Obstacle;

/** What comes of a test: figures, a reason why it cannot be made on this machine, or no address to measure to in this family. */
export type ThroughputOutcome = Throughput | Unmeasured | 'no-address';

/** Measures throughput in one family, within bounds of bytes and time of its own. @throws AbortError when the signal is given */
export type ThroughputTest = (family: PathFamily, signal: AbortSignal) => Promise<ThroughputOutcome>;

/** Both directions in each family, one family after the other: together they would share the link. */
export async function checkThroughput(room: Room): Promise<StepResult[]> {
  const { throughput } = room;
  if (throughput === undefined) {
    return [
      stepResult(
        'throughput',
        'skipped',
        text('not measured: no throughput test is set up on this machine', '未测量：本机未配置吞吐量测试'),
        {
          allows: 'with-limits',
          obstacles: [
            obstacle(
              text('the throughput was not measured', '未测量吞吐量'),
              text('setting up a throughput test', '配置吞吐量测试'),
            ),
          ],
        },
      ),
    ];
  }
  const results: StepResult[] = [];
  for (const family of room.present) {
    const outcome = await throughput(family, room.signal);
    // What keeps one family from being measured keeps the other, too.
    if (outcome !== 'no-address' && 'hint' in outcome) return [...results, unmeasuredResult(outcome)];
    results.push(
      outcome === 'no-address'
        ? noAddressResult(family)
        : throughputResult(family, outcome, room.config.good.mbit_per_second),
    );
  }
  return results;
}

/** As with the gateway and the portal: that the other end lacks a family keeps no lesson from being held. */
function noAddressResult(family: PathFamily): StepResult {
  const over = familyNames[family];
  const found = text(`there is no ${over} address to measure to`, `没有可用于测速的 ${over} 地址`);
  return stepResult('throughput', 'skipped', found, { family });
}

function unmeasuredResult({ reason, hint }: Unmeasured): StepResult {
  const said = (en: string, zh: string): LocalText => text(`${en}: ${reason.en}`, `${zh}：${reason['zh-CN']}`);
  return stepResult('throughput', 'skipped', said('not measured', '未测量'), {
    allows: 'with-limits',
    obstacles: [obstacle(said('the throughput was not measured', '未测量吞吐量'), hint)],
  });
}

function throughputResult(family: PathFamily, result: Throughput, least: number): StepResult {
  const over = familyNames[family];
  const { downMbitPerSecond: down, upMbitPerSecond: up, error } = result;
  const both = [
    { name: 'down', value: down, words: text('download', '下行') },
    { name: 'up', value: up, words: text('upload', '上行') },
  ];
  const obstacles = both.flatMap(({ value, words }): Obstacle[] => {
    const { en, 'zh-CN': zh } = words;
    if (value === undefined) {
      const why = error === undefined ? ['', ''] : [` (${error})`, `（${error}）`];
      return [
        obstacle(
          text(`the ${en} over ${over} could not be measured${why[0]}`, `未能测量 ${over} ${zh}吞吐量${why[1]}`),
          text('again when the network is quiet', '在网络空闲时重试'),
        ),
      ];
    }
    if (value >= least) return [];
    return [
      obstacle(
        text(
          `the ${en} over ${over} is ${shown(value)} Mbit/s (at least ${shown(least)} Mbit/s)`,
          `${over} ${zh}为 ${shown(value)} Mbit/s（应不低于 ${shown(least)} Mbit/s）`,
        ),
        text('ending downloads and other load on the network', '停止下载等占用网络的任务'),
      ),
    ];
  });
  const told = (value: number | undefined): string => (value === undefined ? '-' : `${shown(value)} Mbit/s`);
  return stepResult(
    'throughput',
    obstacles.length === 0 ? 'ok' : 'limited',
    text(`down ${told(down)}, up ${told(up)}`, `下行 ${told(down)}，上行 ${told(up)}`),
    {
      ...{ family, obstacles },
      figures: both.flatMap(({ name, value }) =>
        value === undefined ? [] : [{ name: `${name}_mbit_per_second`, value, unit: 'Mbit/s' }],
      ),
    },
  );
}
