import { CampusError } from '../../contract/errors.ts';
import { isEmbedded } from './embedded-store.ts';
import type { Store } from './store.ts';

/** Servers are asked about so many measurements at most, for each is a question of its own. */
const ASKED_MAX = 200;
const DAY_MS = 24 * 3600 * 1000;

/** The points of a measurement, or its averages. */
export const storedParts = ['points', 'minutes', 'hours'] as const;
export type StoredPart = (typeof storedParts)[number];

/** How much a store holds of a measurement. */
export interface StoredExtent {
  measurement: string;
  part: StoredPart;
  /** Absent where counting would take the server minutes. */
  count?: number;
  /** ms; absent where there is nothing. */
  oldest?: number;
}

/** What one store holds. */
export interface StoreExtent {
  /** As the spool calls the store: its location without a password. */
  store: string;
  extents: StoredExtent[];
  /** Measurements that were not asked about. */
  left: number;
  /** Why nothing could be found out; absent when it could. */
  away?: string;
}

/**
 * How much a store holds of each measurement: the embedded one counts, a server tells its oldest points.
 * @param now wall clock, ms
 */
export async function storeExtent(name: string, store: Store, now: number): Promise<StoreExtent> {
  try {
    if (isEmbedded(store)) return { store: name, extents: await store.extents(), left: 0 };
    const known = [...(await store.fieldTypes()).keys()].sort();
    const extents: StoredExtent[] = [];
    for (const measurement of known.slice(0, ASKED_MAX)) {
      const { points } = await store.read({ measurement, from: 0, to: now + DAY_MS, limit: 1 });
      const oldest = points[0]?.time;
      if (oldest !== undefined) extents.push({ measurement, part: 'points', oldest });
    }
    return { store: name, extents, left: Math.max(0, known.length - ASKED_MAX) };
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    return { store: name, extents: [], left: 0, away: error.message };
  }
}
