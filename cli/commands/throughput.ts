import { type Command, Option } from 'commander';
import type { LocalText } from '../../contract/alert.ts';
import { CampusError, type ErrorCode, errorCodes } from '../../contract/errors.ts';
import type { CommandProgress } from '../../contract/self-command.ts';
import {
  type ThroughputChoice,
  type ThroughputDirection,
  type ThroughputFamily,
  type ThroughputLeg,
  throughputDirections,
  throughputFamilies,
} from '../../contract/throughput.ts';
import { readEnrolment } from '../../runtime/enrolment-file.ts';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { homeDir } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { measureThroughput } from '../measure-throughput.ts';
import { ownDeviceOf } from '../own-device.ts';
import { CLEAR_LINE } from '../progress.ts';
import { table } from '../table.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

interface Options {
  family?: ThroughputFamily;
  direction?: ThroughputDirection;
  json?: boolean;
}

const states: Readonly<Record<string, LocalText>> = {
  waiting: { en: 'waits for its turn', 'zh-CN': '排队中' },
  sent: { en: 'asks the device', 'zh-CN': '正在通知设备' },
  running: { en: 'measures', 'zh-CN': '测速中' },
};

/** `campus-edge throughput`: what a device can really carry. */
export function addThroughput(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'throughput [device]',
    summary: {
      en: 'measure the throughput of this machine, or on the gateway of any device, up and down, by IPv4 and IPv6; exit code 1 when nothing could be measured',
      'zh-CN': '测量本机（或在网关上测量任一设备）的吞吐量（上行与下行，IPv4 与 IPv6）；无法测量时退出码为 1',
    },
    arguments: {
      device: {
        en: 'on the gateway: id of a device that runs an agent; this machine unless told',
        'zh-CN': '在网关上：运行代理程序的设备标识；默认为本机',
      },
    },
    example:
      'campus-edge throughput\ncampus-edge throughput room-101\ncampus-edge throughput room-101 --family ipv6 --direction down --json',
  })
    .addOption(
      new Option('--family <family>', speaker.say({ en: 'ipv4 or ipv6 alone', 'zh-CN': '仅测 ipv4 或 ipv6' })).choices([
        ...throughputFamilies,
      ]),
    )
    .addOption(
      new Option(
        '--direction <direction>',
        speaker.say({ en: 'up (from the device) or down alone', 'zh-CN': '仅测 up（上行）或 down（下行）' }),
      ).choices([...throughputDirections]),
    );
  withJson(command, speaker).action(async (device: string | undefined, options: Options, self: Command) => {
    const choice: ThroughputChoice = {
      ...(options.family === undefined ? {} : { families: [options.family] }),
      ...(options.direction === undefined ? {} : { directions: [options.direction] }),
    };
    const isShown = speaker.isTerminal && options.json !== true;
    const progress = isShown ? progressLine(speaker) : () => undefined;
    const gaveUp: LocalText = {
      en: 'No longer waiting; what has begun goes on.',
      'zh-CN': '不再等待，已开始的测速会继续。',
    };
    const measurement = await interruptible(
      speaker,
      (signal) => measure(self, speaker, { device, choice, progress, signal }),
      gaveUp,
    );
    if (isShown) speaker.out(CLEAR_LINE);
    if (options.json === true) speaker.line(JSON.stringify(measurement));
    else print(measurement, speaker);
    if (measurement.state === 'failed') throw new AnsweredBadly(1);
  });
}

interface MeasureOptions {
  device: string | undefined;
  choice: ThroughputChoice;
  progress: (progress: CommandProgress) => void;
  signal: AbortSignal;
}

/** A device by the gateway that runs here; without one this machine, which asks the gateway that it has joined, or is the gateway's own. */
async function measure(
  self: Command,
  speaker: Speaker,
  { device, ...options }: MeasureOptions,
): Promise<CommandProgress> {
  const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
  const enrolment = device === undefined ? readEnrolment(home) : undefined;
  if (enrolment !== undefined) {
    const { measureOwnThroughput } = await import('../../agent/own-throughput.ts');
    return measureOwnThroughput({ enrolment, ...options, now: Date.now });
  }
  const named = device ?? ownDeviceOf(home);
  if (named === undefined) {
    const detail = `expected the id of a device, or a machine that has joined a gateway (campus-edge enroll), got neither in ${home.dir}`;
    throw new CampusError('usage', detail);
  }
  return withGateway(self, speaker, (gateway) => measureThroughput(gateway, { device: named, ...options }));
}

function progressLine(speaker: Speaker): (progress: CommandProgress) => void {
  return ({ device, state, progress = 0 }) => {
    const text = states[state];
    const percent = state === 'running' ? ` ${Math.round(progress * 100)} %` : '';
    speaker.out(`${CLEAR_LINE}${device}: ${text === undefined ? state : speaker.say(text)}${percent}`);
  };
}

function print({ result, code, detail }: CommandProgress, speaker: Speaker): void {
  if (result === undefined) {
    const spec = code !== undefined && Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode] : undefined;
    const said = spec === undefined ? code : speaker.say({ en: spec.en, 'zh-CN': spec.zh });
    speaker.line(detail === undefined ? `${said}` : `${said} (${detail})`);
    return;
  }
  const heading = speaker.say({
    en: 'FAMILY,DIRECTION,MBIT/S,MB,SECONDS,SENT AGAIN,ERROR',
    'zh-CN': '地址族,方向,MBIT/S,MB,秒,重传,错误',
  });
  speaker.out(table(heading.split(','), result.legs.map(row)));
}

function row({ family, direction, bits_per_second, bytes, seconds, retransmits, error }: ThroughputLeg): string[] {
  const shown = (value: number | undefined, divisor: number, digits: number): string =>
    value === undefined ? '-' : (value / divisor).toFixed(digits);
  return [
    ...[family, direction, shown(bits_per_second, 1e6, 1), shown(bytes, 1e6, 1), shown(seconds, 1, 1)],
    ...[shown(retransmits, 1, 0), error ?? ''],
  ];
}
