import type { SeriesQuery } from '../store.ts';
import type { SeriesEntry } from './catalog.ts';

/** Which series are wanted, and how they gather. */
export interface WantedGroups {
  /** Group number by series number. */
  groups: ReadonlyMap<number, number>;
  /** When every series of the table is wanted: whether they are all one group, or each one is the group of its own number. */
  all: 'one' | 'each' | undefined;
}

export interface SeriesGroups extends WantedGroups {
  /** The tags of each group, by its number. */
  tags: ReadonlyMap<number, Record<string, string>>;
}

/** Which series a query wants and how they gather. */
export function seriesGroups(series: readonly SeriesEntry[], query: SeriesQuery): SeriesGroups {
  const groups = new Map<number, number>();
  const numbers = new Map<string, number>();
  const tags = new Map<number, Record<string, string>>();
  let isEach = true;
  let isAll = true;
  for (const entry of series) {
    if (entry.measurement !== query.measurement) continue;
    if (!matches(entry, query)) {
      isAll = false;
      continue;
    }
    const of = tagsOf(entry, query.groupBy);
    const key = JSON.stringify(of);
    const number = numbers.get(key) ?? entry.id;
    if (number === entry.id) {
      numbers.set(key, number);
      tags.set(number, of);
    } else isEach = false;
    groups.set(entry.id, number);
  }
  if (!isAll) return { groups, tags, all: undefined };
  if (query.groupBy.length === 0) return { groups, tags: new Map([[0, {}]]), all: 'one' };
  return { groups, tags, all: isEach ? 'each' : undefined };
}

function tagsOf(entry: SeriesEntry, keys: readonly string[]): Record<string, string> {
  const all: Record<string, string> = { ...entry.tags, site: entry.site, device: entry.device };
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(all, key)).map((key) => [key, all[key]!]));
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
