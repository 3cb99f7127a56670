import type { SeriesQuery } from '../store.ts';
import type { SeriesEntry } from './catalog.ts';

export interface SeriesGroups {
  /** Group number by series number; undefined when every series of the table is wanted, in one group. */
  groups: Map<number, number> | undefined;
  /** The tags of each group, by its number. */
  tags: Record<string, string>[];
}

/** Which series a query wants and how they gather. */
export function seriesGroups(series: readonly SeriesEntry[], query: SeriesQuery): SeriesGroups {
  const unfiltered = query.site === undefined && query.device === undefined && query.tags === undefined;
  if (unfiltered && query.groupBy.length === 0) return { groups: undefined, tags: [{}] };
  const groups = new Map<number, number>();
  const numbers = new Map<string, number>();
  const tags: Record<string, string>[] = [];
  for (const entry of series) {
    if (entry.measurement !== query.measurement || !matches(entry, query)) continue;
    const all: Record<string, string> = { ...entry.tags, site: entry.site, device: entry.device };
    const of = Object.fromEntries(
      query.groupBy.filter((key) => Object.hasOwn(all, key)).map((key) => [key, all[key]!]),
    );
    const key = JSON.stringify(of);
    if (!numbers.has(key)) {
      numbers.set(key, tags.length);
      tags.push(of);
    }
    groups.set(entry.id, numbers.get(key)!);
  }
  return { groups, tags };
}

/** True when a series is among those that a query asks for; a tag that it lacks is an empty one. */
export function matches(
  entry: SeriesEntry,
  query: { site?: string; device?: string; tags?: Record<string, string> },
): boolean {
  return (
    (query.site === undefined || entry.site === query.site) &&
    (query.device === undefined || entry.device === query.device) &&
    Object.entries(query.tags ?? {}).every(([key, value]) => (tagOf(entry, key) ?? '') === value)
  );
}

function tagOf({ site, device, tags }: SeriesEntry, key: string): string | undefined {
  if (key === 'site') return site;
  return key === 'device' ? device : tags[key];
}
