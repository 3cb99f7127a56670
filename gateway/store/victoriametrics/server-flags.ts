import { CampusError } from '../../../contract/errors.ts';
import type { Server } from '../server.ts';
import type { StoreNeeds } from '../store.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Durations of a flag: VictoriaMetrics counts 31 days a month, and takes a number without a unit for months in `-retentionPeriod`. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
  y: 365 * DAY_MS,
  '': 31 * DAY_MS,
};

/** What holds where a flag is not told, because nobody set it. */
const defaults = { 'dedup.minScrapeInterval': '0s', retentionPeriod: '1' } as const;

/**
 * Checks how the server was started, by its page `/flags`: lines such as `-retentionPeriod="100y"`, of the flags that were set.
 * @returns what could not be checked: in a cluster the storage nodes, and everything where that page is closed
 * @throws CampusError `store_misconfigured` with the flag to set, `store_unavailable`
 */
export async function checkFlags(servers: readonly Server[], needs: StoreNeeds): Promise<string[]> {
  const flags = await readFlags(servers);
  const [server] = servers;
  if (flags === undefined || server === undefined) {
    return [`${server?.name}: its flags are not told at /flags: see that it runs with -dedup.minScrapeInterval=1ms`];
  }
  checkDeduplication(server, flags);
  // vmselect has storage nodes, whose flags it does not know.
  if (flags.has('storageNode')) {
    return [`${server.name}: see that its storage nodes keep points for ${needs.holdDays} days (-retentionPeriod)`];
  }
  const retention = flags.get('retentionPeriod') ?? defaults.retentionPeriod;
  const days = Math.floor((parseDuration(retention) ?? Number.POSITIVE_INFINITY) / DAY_MS);
  if (days < needs.holdDays) {
    const lower = days < 1 ? '' : `, or ${needs.askForLess(days)}`;
    throw new CampusError(
      'store_misconfigured',
      `${server.name} keeps points for ${days} days (-retentionPeriod=${retention}), expected at least ${needs.holdDays}: start it with -retentionPeriod=${needs.holdDays}d${lower}`,
    );
  }
  return [];
}

/** A batch that is written again after an outage must not count twice; samples of different times must all stay. */
function checkDeduplication(server: Server, flags: ReadonlyMap<string, string>): void {
  const interval = flags.get('dedup.minScrapeInterval') ?? defaults['dedup.minScrapeInterval'];
  if (parseDuration(interval) === 1) return;
  const why =
    parseDuration(interval) === 0
      ? 'points that are written again after an outage would count twice'
      : 'points that lie close together would be lost';
  throw new CampusError(
    'store_misconfigured',
    `${server.name} runs with -dedup.minScrapeInterval=${interval}: start it with -dedup.minScrapeInterval=1ms, else ${why}`,
  );
}

/** The flags from the first address that tells them. */
async function readFlags(servers: readonly Server[]): Promise<ReadonlyMap<string, string> | undefined> {
  for (const server of servers) {
    const { status, body } = await server.text({ path: '/flags', anyStatus: true });
    const lines = body.split('\n').filter((line) => line !== '');
    const flags = lines.map((line) => /^-([\w.]+)="(.*)"$/.exec(line));
    // Another page of that name has other lines.
    if (status !== 200 || flags.includes(null)) continue;
    return new Map(flags.map((match) => [match?.[1] ?? '', match?.[2] ?? '']));
  }
  return undefined;
}

/** A duration in ms, e.g. `1ms`, `0s`, `1h30m0s`, `100y`, or months without a unit; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy]|$)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (unitMs[unit] ?? Number.NaN), 0);
}
