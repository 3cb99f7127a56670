import type { LocalText } from '../../contract/alert.ts';
import type { PathFamily } from '../../contract/measurements/path.ts';
import type { InterfaceKind } from '../collectors/network/identity.ts';
import type { PathReading } from '../collectors/path/reading.ts';
import type { CheckConfig } from './config.ts';
import { type Figure, familyNames, joined, type Obstacle, obstacle, type Readiness, shown, text } from './step.ts';

type Quality = 'delay_ms' | 'jitter_ms' | 'loss_percent';

const names: Readonly<Record<Quality, LocalText>> = {
  delay_ms: { en: 'delay one way', 'zh-CN': '单向时延' },
  jitter_ms: { en: 'jitter', 'zh-CN': '抖动' },
  loss_percent: { en: 'packet loss', 'zh-CN': '丢包率' },
};
const units: Readonly<Record<Quality, string>> = { delay_ms: 'ms', jitter_ms: 'ms', loss_percent: '%' };

/** The qualities of a path by which a lesson is judged: the delay one way is half the round trip, for nobody vouches for both clocks. */
export function pathQualities({ rtt_ms, jitter_ms, loss_percent }: PathReading): Partial<Record<Quality, number>> {
  return {
    ...(rtt_ms === undefined ? {} : { delay_ms: rtt_ms / 2 }),
    ...(jitter_ms === undefined ? {} : { jitter_ms }),
    ...(loss_percent === undefined ? {} : { loss_percent }),
  };
}

export interface PathGrade {
  allows: Readiness;
  obstacles: Obstacle[];
}

/** Holds a path to the needs of a lesson: good allows it, fair with limits, anything else not. Every quality that is not good is told. */
export function gradePath(
  reading: PathReading,
  { good, fair }: CheckConfig,
  { family, medium }: { family: PathFamily; medium: InterfaceKind | undefined },
): PathGrade {
  const qualities = Object.entries(pathQualities(reading)) as [Quality, number][];
  const bad = qualities.filter(([quality, value]) => value > good[quality]);
  const isPoor = bad.some(([quality, value]) => value > fair[quality]);
  const over = familyNames[family];
  return {
    allows: bad.length === 0 ? 'yes' : isPoor ? 'no' : 'with-limits',
    obstacles: bad.map(([quality, value]) => {
      const { en, 'zh-CN': zh } = names[quality];
      const [now, most] = [`${shown(value)} ${units[quality]}`, `${shown(good[quality])} ${units[quality]}`];
      return obstacle(
        text(
          `${en} over ${over} to the gateway is ${now} (at most ${most})`,
          `${over} 到网关的${zh}为 ${now}（应不高于 ${most}）`,
        ),
        hintOf(quality, medium),
      );
    }),
  };
}

function hintOf(quality: Quality, medium: InterfaceKind | undefined): LocalText {
  if (medium === 'wifi') return text('using a cable, or moving nearer to the access point', '改用网线，或靠近接入点');
  if (medium === 'cellular')
    return text('moving to better reception, or using a cable', '移到信号更好的位置，或改用网线');
  if (quality === 'loss_percent')
    return text(
      'using another cable or switch port, and ending downloads on the network',
      '更换网线或交换机端口，并停止占用网络的下载任务',
    );
  return text('ending downloads and other load on the network', '停止下载等占用网络的任务');
}

/** The figures of a path, for people and for programs. MOS is an estimate for voice by the simplified E-model (after ITU-T G.107), never for video. */
export function pathFigures(reading: PathReading): Figure[] {
  const all: readonly [string, number | undefined, string][] = [
    ['delay_ms', pathQualities(reading).delay_ms, 'ms'],
    ['jitter_ms', reading.jitter_ms, 'ms'],
    ['loss_percent', reading.loss_percent, '%'],
    ['sent_count', reading.sent_count, ''],
    ['rtt_ms', reading.rtt_ms, 'ms'],
    ['voice_mos', reading.mos, ''],
  ];
  return all.flatMap(([name, value, unit]) => (value === undefined ? [] : [{ name, value, unit }]));
}

/** The same in words. */
export function pathInWords(reading: PathReading): LocalText {
  const qualities = Object.entries(pathQualities(reading)) as [Quality, number][];
  const parts = qualities.map(([quality, value]) => {
    const figure = `${shown(value)} ${units[quality]}`;
    return text(`${names[quality].en} ${figure}`, `${names[quality]['zh-CN']} ${figure}`);
  });
  const mos =
    reading.mos === undefined
      ? []
      : [text(`voice MOS ${shown(reading.mos)} (estimate)`, `语音 MOS ${shown(reading.mos)}（估计值）`)];
  return joined([...parts, ...mos], text(', ', '，'));
}
