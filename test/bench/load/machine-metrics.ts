import type { FieldValues } from './field-values.ts';

/**
 * What a simulated device reports: five metrics of six numeric fields, as a Telegraf on a server sends them. `seq` counts the device's
 * samples, so that each can be looked up in a store; `system.memory_used_percent` is what the alert rules watch.
 */

/** A value that walks at random between two bounds, printed with so many decimals. */
export interface Walk {
  low: number;
  high: number;
  decimals: number;
}

type Source = 'sequence' | 'watched' | number | Walk;

const walk = (low: number, high: number, decimals = 0): Walk => ({ low, high, decimals });

const sources: Readonly<Record<string, Readonly<Record<string, Source>>>> = {
  system: {
    seq: 'sequence',
    memory_used_percent: 'watched',
    load1: walk(0, 4, 2),
    load5: walk(0, 4, 2),
    load15: walk(0, 4, 2),
    uptime_seconds: 'sequence',
  },
  cpu: {
    seq: 'sequence',
    usage_user: walk(0, 60, 3),
    usage_system: walk(0, 30, 3),
    usage_idle: walk(10, 100, 3),
    usage_iowait: walk(0, 10, 3),
    usage_irq: walk(0, 2, 3),
  },
  mem: {
    seq: 'sequence',
    total: 16_777_216_000,
    used: walk(2e9, 9e9),
    available: walk(6e9, 14e9),
    cached: walk(1e9, 4e9),
    used_percent: walk(10, 60, 2),
  },
  disk: {
    seq: 'sequence',
    total_bytes: 512_000_000_000,
    used_bytes: walk(90e9, 91e9),
    free_bytes: walk(400e9, 420e9),
    used_percent: walk(17, 19, 2),
    inodes_used: walk(900_000, 910_000),
  },
  net: {
    seq: 'sequence',
    bytes_recv: walk(1e9, 2e9),
    bytes_sent: walk(100e6, 200e6),
    packets_recv: walk(1e6, 2e6),
    packets_sent: walk(100e3, 200e3),
    err_in: 0,
  },
};

/** Names of the metrics in every sample. */
export const metricNames: readonly string[] = Object.keys(sources);

/** Field values of one sample. */
export const FIELD_VALUES = Object.values(sources).reduce((sum, fields) => sum + Object.keys(fields).length, 0);

/** The walks of all fields, in the order in which a sample has them. */
export const walks: readonly Walk[] = Object.values(sources)
  .flatMap((fields) => Object.values(fields))
  .filter((source) => typeof source === 'object');

/** What the watched field says when all is well: a value below every rule's threshold. */
export const CALM = '41.5';

/** A text, or what takes its place in each sample; a number is the place of a walk in `walks`. */
type Part = string | number | { readonly of: 'sequence' | 'watched' | 'time' };

export interface Sample {
  /** Counts the device's samples, from 1. */
  sequence: number;
  /** ms since 1970 */
  time: number;
  watched: string;
}

/** The samples of one device as texts. */
export class MachineMetrics {
  readonly #metrics: readonly Part[];
  readonly #lines: readonly Part[];
  readonly #values: FieldValues;

  /** @param only names of the metrics to make; all five when absent */
  constructor({ site, device }: { site: string; device: string }, values: FieldValues, only = metricNames) {
    this.#values = values;
    this.#metrics = layOut(only, {
      begin: (metric) => `{"name":"${metric}","tags":{"site":"${site}","device":"${device}"},"fields":{`,
      field: (name) => `"${name}":`,
      end: ['},"timestamp":', { of: 'time' }, '}'],
      between: ',',
    });
    this.#lines = layOut(only, {
      begin: (metric) => `${metric},site=${site},device=${device} `,
      field: (name) => `${name}=`,
      end: [' ', { of: 'time' }],
      between: '\n',
    });
  }

  /** The metrics of one sample in Telegraf's JSON, with commas between, for `encodeBatch`. */
  metrics(sample: Sample): string {
    return render(this.#metrics, sample, this.#values);
  }

  /** The same in InfluxDB's line protocol, times in ms. */
  lines(sample: Sample): string {
    return render(this.#lines, sample, this.#values);
  }
}

/**
 * A telemetry message in Telegraf's batch layout.
 * @param number the run and its message number, which let the gateway drop duplicates; without it the message is Telegraf's, bare
 */
export function encodeBatch(metrics: string, number?: { boot: string; seq: number }): string {
  if (number === undefined) return `{"metrics":[${metrics}]}`;
  return `{"metrics":[${metrics}],"boot":"${number.boot}","seq":${number.seq}}`;
}

interface Layout {
  begin: (metric: string) => string;
  field: (name: string) => string;
  end: readonly Part[];
  between: string;
}

function layOut(names: readonly string[], layout: Layout): Part[] {
  const parts = names.flatMap((metric, index): Part[] => [
    (index === 0 ? '' : layout.between) + layout.begin(metric),
    ...Object.entries(sources[metric] ?? {}).flatMap(([name, source], at): Part[] => [
      (at === 0 ? '' : ',') + layout.field(name),
      partOf(source),
    ]),
    ...layout.end,
  ]);
  return joinTexts(parts);
}

function partOf(source: Source): Part {
  if (typeof source === 'object') return walks.indexOf(source);
  return typeof source === 'number' ? String(source) : { of: source };
}

/** Neighbouring texts as one: a sample is made tens of thousands of times a second. */
function joinTexts(parts: readonly Part[]): Part[] {
  return parts.reduce<Part[]>((joined, part) => {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
    return joined;
  }, []);
}

function render(parts: readonly Part[], sample: Sample, values: FieldValues): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if (typeof part === 'number') text += values.at(part, sample.sequence);
    else text += sample[part.of];
  }
  return text;
}
