import type { Registry as MetricsRegistry } from 'prom-client';
import type { Logger } from '../../runtime/log.ts';
import type { Access } from '../access/access.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { Backups } from '../backup/backups.ts';
import type { Exports } from '../exports.ts';
import type { Registry } from '../registry/registry.ts';
import type { LatestQuery, Point, Store } from '../store/store.ts';
import type { LiveFeed } from './live-feed.ts';

/** What the HTTP API serves from. */
export interface HttpDeps {
  readonly registry: Registry;
  readonly access: Pick<Access, 'bans' | 'people' | 'signIn'>;
  readonly alerts: Alerts;
  readonly store: Pick<Store, 'series'>;
  readonly backups: Backups;
  readonly exports: Exports;
  /** The newest point of every series, from memory. */
  readonly latest: { query(query: LatestQuery): Point[] };
  readonly live: LiveFeed;
  /** True while the gateway can do its job. */
  readonly readiness: () => boolean;
  /** Where the built console lies; it may be missing. Absolute. */
  readonly consoleDir: string;
  /** The gateway's own figures; those of the process are added. */
  readonly metrics: MetricsRegistry;
  readonly about: {
    readonly version: string;
    readonly site: string;
    /** Name of the primary store. */
    readonly store: string;
    /** ms */
    readonly startedAt: number;
  };
  readonly log: Logger;
  readonly now: () => number;
}
