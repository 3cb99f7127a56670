import { parseFailure } from '../../parse-failure.ts';
import { ignored, knownDbm, linesOf, type NotUnderstood, parseQuantity } from './wifi-text.ts';

/** What a radio heard on one channel; times count in ms, of most drivers since the radio started. */
export interface ChannelSurvey {
  interface: string | undefined;
  frequencyMhz: number;
  inUse: boolean;
  noiseDbm: number | undefined;
  activeMs: number | undefined;
  busyMs: number | undefined;
  receiveMs: number | undefined;
  transmitMs: number | undefined;
}

const source = 'iw survey dump';
const times: Readonly<Record<string, 'activeMs' | 'busyMs' | 'receiveMs' | 'transmitMs' | undefined>> = {
  'channel active time': 'activeMs',
  'channel busy time': 'busyMs',
  'channel receive time': 'receiveMs',
  'channel transmit time': 'transmitMs',
};
const unused = ['extension channel busy time', 'channel BSS receive time', 'time spent scanning', 'TX power'];

/**
 * Parses `iw dev NAME survey dump` (iw, survey.c, print_survey_handler):
 *
 *     Survey data from wlan0
 *     	frequency:			5180 MHz [in use]
 *     	noise:				-92 dBm
 *     	channel active time:		3632802379 ms
 *     	channel busy time:		146150367 ms
 *     	channel receive time:		67413467 ms
 *     	channel transmit time:		76785952 ms
 *
 * @throws CampusError `parse_failed`
 */
export function parseSurvey(text: string, notUnderstood: NotUnderstood = ignored, firstLine = 1): ChannelSurvey[] {
  const surveys: Unplaced[] = [];
  for (const { text: line, number } of linesOf(text, firstLine)) {
    const place = { source, line: number };
    const heading = /^Survey data from (\S+)$/.exec(line);
    if (heading !== null) {
      surveys.push({ ...nothing, interface: heading[1] ?? '' });
      continue;
    }
    const survey = surveys.at(-1);
    if (survey === undefined) throw parseFailure(place, 'Survey data from NAME', line);
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    const time = times[name];
    if (name === '') throw parseFailure(place, 'name: value', line);
    else if (name === 'frequency') {
      survey.inUse = value.endsWith(' [in use]');
      survey.frequencyMhz = parseQuantity(value.replace(' [in use]', ''), 'MHz', place);
    } else if (name === 'noise') survey.noiseDbm = knownDbm(parseQuantity(value, 'dBm', place));
    else if (time !== undefined) survey[time] = parseQuantity(value, 'ms', place);
    else if (!unused.includes(name)) notUnderstood(line);
  }
  return surveys.map((survey) => {
    if (survey.frequencyMhz !== undefined) return { ...survey, frequencyMhz: survey.frequencyMhz };
    throw parseFailure({ source, line: firstLine }, 'a frequency for each channel', undefined);
  });
}

/** A channel while it is being read. */
interface Unplaced extends Omit<ChannelSurvey, 'frequencyMhz'> {
  frequencyMhz?: number;
}

const nothing = {
  ...{ inUse: false, noiseDbm: undefined },
  ...{ activeMs: undefined, busyMs: undefined, receiveMs: undefined, transmitMs: undefined },
};

type ChannelTimes = Pick<ChannelSurvey, 'frequencyMhz' | 'activeMs' | 'busyMs'>;

/**
 * Channel utilisation in percent: of the time that the radio was on the channel, the part in which it was busy (IEEE 802.11-2020 §9.4.2.27
 * measures the same, in 255ths).
 * @returns undefined where a counter is missing, stood still or began anew, or the channel is another
 */
export function utilisationPercent(before: ChannelTimes | undefined, now: ChannelTimes): number | undefined {
  if (before === undefined || before.frequencyMhz !== now.frequencyMhz) return undefined;
  const active = (now.activeMs ?? Number.NaN) - (before.activeMs ?? Number.NaN);
  const busy = (now.busyMs ?? Number.NaN) - (before.busyMs ?? Number.NaN);
  return active > 0 && busy >= 0 ? Math.min(100, (100 * busy) / active) : undefined;
}
