import { markdownTable } from '../tidy/reference/markdown.ts';
import { agentTable } from './agent-table.ts';
import { type BenchResult, figureAt } from './result.ts';

/** One line of the table: what is shown of a result, and what is hoped for. */
interface Row {
  bench: string;
  label: string;
  /** Path of the figure on both sides; `further.` begins one that belongs to neither. */
  path: string;
  /** Where the peer's figure has another path. */
  peerPath?: string;
  ratio?: string;
  /** What the product is measured by. */
  aim?: string;
}

const rows: readonly Row[] = [
  {
    bench: 'ingest',
    label: 'stored without a loss, messages/s',
    path: 'messages_per_second',
    ratio: 'messages_per_second',
    aim: '≥ 10',
  },
  { bench: 'ingest', label: 'the same, metrics/s', path: 'metrics_per_second' },
  {
    bench: 'ingest',
    label: 'CPU per stored metric at the peer’s best rate, ms',
    path: 'cpu_per_metric',
    ratio: 'cpu_per_metric',
    aim: '≤ 0.2',
  },
  { bench: 'ingest', label: 'publish to PUBACK at that rate, p99, ms', path: 'at_rate.ack_p99_ms' },
  { bench: 'ingest', label: 'bare Aedes, messages/s', path: 'further.limits.bare_aedes_messages_per_second' },
  { bench: 'ingest', label: 'raw DuckDB appends, messages/s', path: 'further.limits.raw_duckdb_messages_per_second' },
  {
    bench: 'ingest',
    label: 'our share of the slower of the two',
    path: 'further.limits.share_of_slower',
    aim: '≥ 0.5',
  },
  { bench: 'query', label: 'a day averaged to 5 minutes, ms', path: 'duration_ms', ratio: 'duration', aim: '≤ 0.1' },
  { bench: 'query', label: 'the same without roll-ups, ms', path: 'from_points_ms' },
  { bench: 'alert-latency', label: 'sample to alert, p50, ms', path: 'p50_ms' },
  { bench: 'alert-latency', label: 'sample to alert, p99, ms', path: 'p99_ms', ratio: 'p99', aim: '≤ 1' },
  {
    bench: 'alert-latency',
    label: 'against the tuned peer, p99, ms',
    path: 'p99_ms',
    peerPath: 'tuned.p99_ms',
    ratio: 'p99_tuned',
  },
  {
    bench: 'alert-latency',
    label: 'against the peer with TCP_NODELAY, p99, ms',
    path: 'p99_ms',
    peerPath: 'nodelay.p99_ms',
    ratio: 'p99_nodelay',
  },
  { bench: 'footprint', label: 'RSS with devices, MB', path: 'loaded.rss_mb', ratio: 'rss', aim: '≤ 1.6' },
  { bench: 'footprint', label: 'PSS with devices, MB', path: 'loaded.pss_mb' },
  { bench: 'footprint', label: 'RSS idle, MB', path: 'idle.rss_mb', ratio: 'rss_idle' },
  {
    bench: 'footprint',
    label: 'CPU with devices, % of a core',
    path: 'loaded.cpu_percent',
    ratio: 'cpu',
    aim: '≤ 0.5',
  },
  { bench: 'disk', label: 'bytes per field value', path: 'bytes_per_sample', ratio: 'bytes_per_sample', aim: '≤ 1' },
  { bench: 'disk', label: 'the same with the spool’s file', path: 'bytes_per_sample_with_spool' },
  { bench: 'start', label: 'first start to /readyz, ms', path: 'first_start.ready_ms' },
  {
    bench: 'start',
    label: 'first start to the first sample found, ms',
    path: 'first_start.first_sample_ms',
    ratio: 'first_sample',
  },
  { bench: 'start', label: 'second start to /readyz, ms', path: 'second_start.ready_ms' },
  { bench: 'start', label: 'second start to the first sample found, ms', path: 'second_start.first_sample_ms' },
  { bench: 'devices', label: 'devices connected and reporting', path: 'devices' },
  { bench: 'devices', label: 'devices that fell silent', path: 'silent_devices', aim: '0' },
  { bench: 'devices', label: 'gateway RSS, third quarter of the time, MB', path: 'gateway.rss_mb_third_quarter' },
  { bench: 'devices', label: 'gateway RSS, last quarter, MB', path: 'gateway.rss_mb_last_quarter', aim: 'no growth' },
  { bench: 'devices', label: 'gateway CPU, % of a core', path: 'gateway.cpu_percent' },
  { bench: 'devices', label: 'publish to PUBACK, p99, ms', path: 'ack_p99_ms' },
  { bench: 'rules', label: 'rules over devices, evaluations/s', path: 'evaluations_per_second' },
  { bench: 'rules', label: 'flows CPU, % of a core', path: 'flows_cpu_percent', aim: '≤ 100' },
  { bench: 'rules', label: 'sample to alert, p99, ms', path: 'alerts.p99_ms', aim: '≤ 50' },
];

/** The newest result of each benchmark; of a service that was warmed up first it is another one. */
export function newestOf(results: readonly BenchResult[]): BenchResult[] {
  const newest = new Map<string, BenchResult>();
  for (const result of results.toSorted((a, b) => a.at.localeCompare(b.at))) newest.set(nameOf(result), result);
  return [...newest.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function nameOf({ bench, options }: BenchResult): string {
  return Number(options['warmUpSeconds'] ?? 0) > 0 ? `${bench} warmed up` : bench;
}

/**
 * The part of docs/performance.md that is made from results: the machine, the table, what each call was. Agents stand apart, beside others of their kind.
 * @throws Error for results of different machines, which cannot be compared
 */
export function performanceReport(results: readonly BenchResult[]): string {
  const newest = newestOf(results);
  if (newest.length === 0) return 'Nothing has been measured yet.';
  const stacks = newest.filter(({ bench }) => bench !== 'agent');
  const agents = newest.filter(({ bench }) => bench === 'agent');
  return [...stacksReport(stacks), ...agents.flatMap(agentReport)].join('\n\n');
}

function stacksReport(newest: readonly BenchResult[]): string[] {
  const machines = new Set(newest.map(({ machine }) => JSON.stringify(machine)));
  if (machines.size > 1) throw new Error(`expected results of one machine, got ${[...machines].join(' and ')}`);
  const [first] = newest;
  if (first === undefined) return [];
  return [
    machineText(first),
    markdownTable(['', 'campus-edge', 'MING', 'ratio (range)', 'aim'], newest.flatMap(linesOf)),
    newest.map(callOf).join('\n'),
    ...newest.flatMap(failuresOf),
  ];
}

function agentReport(result: BenchResult): string[] {
  return [
    `Agents side by side. ${machineText(result)}`,
    agentTable(result, shown),
    callOf(result),
    ...failuresOf(result),
  ];
}

function machineText({ machine }: BenchResult): string {
  const { cpu, cores, memory_gb: memory, kernel, disk, node } = machine;
  return `Machine: ${cores} cores of ${cpu}, ${memory} GB, Linux ${kernel}, ${disk}, Node.js ${node}.`;
}

function failuresOf({ bench, failures }: BenchResult): string[] {
  return failures.map((text) => `**${bench} failed**: ${text}`);
}

function linesOf(result: BenchResult): string[][] {
  return rows
    .filter(({ bench }) => bench === result.bench)
    .flatMap((row) => {
      const ours = row.path.startsWith('further.')
        ? figureAt(result.further, row.path.slice('further.'.length))
        : figureAt(result.ours, row.path);
      if (ours === undefined) return [];
      const peer = figureAt(result.peer, row.peerPath ?? row.path);
      return [[`${nameOf(result)}: ${row.label}`, shown(ours), shown(peer), ratioOf(result, row.ratio), row.aim ?? '']];
    });
}

function ratioOf({ ratio, spread, rounds }: BenchResult, name: string | undefined): string {
  const value = name === undefined ? undefined : ratio?.[name];
  if (name === undefined || value === undefined) return '';
  const [low, high] = spread?.[name] ?? [value, value];
  return rounds === 1 ? `**${shown(value)}**` : `**${shown(value)}** (${shown(low)} to ${shown(high)})`;
}

/** Three significant digits, thousands apart. */
function shown(value: number | undefined): string {
  if (value === undefined) return '';
  return Number(value.toPrecision(value >= 1000 ? 4 : 3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

function callOf({ bench, rounds, options, at, commit, peer }: BenchResult): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  const beside = peer === undefined ? '' : ', beside MING';
  return `- \`${bench}\`: ${at.slice(0, 10)}, commit ${commit}${beside}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${chosen.join(', ')}`;
}
