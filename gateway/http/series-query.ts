import { CampusError } from '../../contract/errors.ts';
import type { Aggregate, SeriesQuery } from '../store/store.ts';

/** Points of one answer over all series: a screen has 4,000 columns, and a chart a dozen series. */
export const SERIES_POINTS_MAX = 50_000;
/** Keys that a series may be grouped by: as many as a metric has tags. */
const GROUP_KEYS_MAX = 18;
/** Without `from`, the last hour. */
const DEFAULT_RANGE_MS = 3600_000;
/** The last moment of a JavaScript Date. */
const TIME_MAX = 8.64e15;

const unitsMs: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };
const TAG_PREFIX = 'tag.';

/** What the URL says, each part checked for its length only. */
export interface SeriesParameters {
  measurement: string;
  field: string;
  from?: string;
  to?: string;
  step?: string;
  aggregate?: Aggregate;
  site?: string;
  device?: string;
  group_by?: string;
}

const known: readonly string[] = [
  'measurement',
  'field',
  'from',
  'to',
  'step',
  'aggregate',
  'site',
  'device',
  'group_by',
];

/**
 * Reads the parameters of `/series`, e.g. `measurement=network&field=rx_bytes&step=5m&group_by=device,interface&tag.interface=eth0`.
 * @param now ms, the default of `to`
 * @throws CampusError `request_invalid` that names the parameter
 */
export function parseSeriesQuery(parameters: SeriesParameters, now: number): SeriesQuery {
  const { measurement, field, aggregate = 'mean', site, device } = parameters;
  const to = parameters.to === undefined ? now : parseMoment('to', parameters.to);
  const from = parameters.from === undefined ? to - DEFAULT_RANGE_MS : parseMoment('from', parameters.from);
  if (from >= to) throw invalid('from', `expected a moment before to (${to}), got ${from}`);
  const step = parameters.step === undefined ? undefined : parseStep(parameters.step);
  if (step !== undefined && (to - from) / step > SERIES_POINTS_MAX) {
    throw invalid(
      'step',
      `expected at most ${SERIES_POINTS_MAX} steps from from to to, got ${Math.ceil((to - from) / step)}`,
    );
  }
  return {
    ...{ measurement, field, from, to, aggregate, limit: SERIES_POINTS_MAX },
    ...(step === undefined ? {} : { step }),
    ...(site === undefined ? {} : { site }),
    ...(device === undefined ? {} : { device }),
    ...parseTags(parameters),
    groupBy: parseGroupBy(parameters.group_by),
  };
}

/** A moment in ms: digits, or ISO 8601 with its offset, e.g. `2026-03-01T08:00:00+08:00`; a date alone is midnight UTC. */
export function parseMoment(name: string, value: string): number {
  const isMs = /^-?\d{1,16}$/.test(value);
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = isMs ? Number(value) : isIso ? Date.parse(value) : Number.NaN;
  if (Math.abs(time) <= TIME_MAX) return time;
  throw invalid(
    name,
    `expected ms or ISO 8601 with its offset (write + as %2B in a URL), got ${JSON.stringify(value)}`,
  );
}

/** A width in ms: `500`, `10s`, `5m`, `1h`, `1d`. */
function parseStep(value: string): number {
  const [, digits, unit = ''] = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(value) ?? [];
  const step = Number(digits) * (unitsMs[unit] ?? Number.NaN);
  if (step >= 1 && step <= TIME_MAX) return step;
  throw invalid('step', `expected ms above 0, or a number with s, m, h or d, got ${JSON.stringify(value)}`);
}

function parseGroupBy(value: string | undefined): string[] {
  if (value === undefined) return [];
  const keys = value.split(',');
  if (keys.some((key) => key === '') || keys.length > GROUP_KEYS_MAX || new Set(keys).size < keys.length) {
    throw invalid(
      'group_by',
      `expected up to ${GROUP_KEYS_MAX} different tag keys with commas between, got ${JSON.stringify(value)}`,
    );
  }
  return keys;
}

function parseTags(parameters: SeriesParameters): { tags?: Record<string, string> } {
  const tags: [string, string][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (known.includes(name)) continue;
    const key = name.slice(TAG_PREFIX.length);
    if (!name.startsWith(TAG_PREFIX) || key === '' || typeof value !== 'string') {
      throw invalid(name, `expected one of ${known.join(', ')} or tag.KEY, got a parameter that there is not`);
    }
    tags.push([key, value]);
  }
  return tags.length === 0 ? {} : { tags: Object.fromEntries(tags) };
}

function invalid(name: string, message: string): CampusError {
  return new CampusError('request_invalid', `querystring/${name.slice(0, 80)}: ${message}`);
}
