import type { PathFamily } from '../../contract/measurements/path.ts';
import { inEachFamily } from './path-steps.ts';
import type { Room } from './room.ts';
import { familyNames, type Obstacle, obstacle, type StepResult, shown, stepResult, text } from './step.ts';

/** Mbit/s of each direction; what could not be measured is absent. */
export interface Throughput {
  downMbitPerSecond?: number;
  upMbitPerSecond?: number;
  /** Why nothing was measured, or not all. */
  error?: string;
}

/** Measures throughput in one family, within bounds of bytes and time of its own. @throws AbortError when the signal is given */
export type ThroughputTest = (family: PathFamily, signal: AbortSignal) => Promise<Throughput>;

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
  let before: Promise<unknown> = Promise.resolve();
  return inEachFamily(room, (family) => {
    const measured = before.then(() => throughput(family, room.signal));
    before = measured.catch(() => undefined);
    return measured.then((result) => throughputResult(family, result, room.config.good.mbit_per_second));
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
