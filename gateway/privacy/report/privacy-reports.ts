import type { LocalText } from '../../../contract/alert.ts';
import { measurementSpec } from '../../../contract/measurements/index.ts';
import type { Extent, KeptData, PrivacyReport } from '../../../contract/privacy-report.ts';
import type { DurableQueue } from '../../../queue/queue.ts';
import type { Backups } from '../../backup/backups.ts';
import type { Registry } from '../../registry/registry.ts';
import { tableExtent } from '../../registry/table-extent.ts';
import type { StoreClient } from '../../store/store-client.ts';
import { type StoreExtent, storedParts } from '../../store/store-extent.ts';
import { redactLocation } from '../../store/store-location.ts';
import type { PseudonymKeys } from '../pseudonym-keys.ts';
import type { Elsewhere, Holding, Settings } from './holding.ts';
import { holdings } from './holdings.ts';
import { erasuresIn, looksIn } from './looks.ts';
import { notKept } from './not-kept.ts';

export interface PrivacyReportsOptions {
  site: string;
  version: string;
  /** The configuration in force. */
  settings: Settings;
  registry: Pick<Registry, 'db' | 'audit' | 'erasures' | 'flush'>;
  store: Pick<StoreClient, 'extents'>;
  spool: Pick<DurableQueue, 'stats' | 'read'>;
  backups: Pick<Backups, 'list'>;
  keys: Pick<PseudonymKeys, 'madeAt'>;
  /** Wall clock, ms. */
  now: () => number;
}

/** Tells what this site keeps about people, for how long, how much of it there is, and who has looked. */
export class PrivacyReports {
  readonly #options: PrivacyReportsOptions;

  constructor(options: PrivacyReportsOptions) {
    this.#options = options;
  }

  /** @throws CampusError `store_unavailable` when the store's thread has died */
  async make(): Promise<PrivacyReport> {
    const { site, version, settings, registry, store, now } = this.#options;
    registry.flush();
    const stores = await store.extents();
    const kept: KeptData[] = [];
    for (const holding of holdings) kept.push(await this.#kept(holding, stores));
    const { oldest } = tableExtent(registry.db, 'audit');
    return {
      ...{ site, version, made_at: now(), settings: settingsThatCount(settings), kept, not_kept: [...notKept] },
      ...(oldest === undefined ? {} : { looks_since: oldest }),
      ...{ looks: looksIn(registry.audit), erasures: erasuresIn(registry.erasures) },
    };
  }

  async #kept(holding: Holding, stores: readonly StoreExtent[]): Promise<KeptData> {
    const { id, dataClass, what, purpose, place, keptFor, erasedBy, tables = [], measurements, elsewhere } = holding;
    const now = tables.map((table) => extent(table, tableExtent(this.#options.registry.db, table)));
    if (measurements !== undefined) now.push(...stores.flatMap((store) => storedExtents(store, measurements)));
    if (elsewhere !== undefined) now.push(await this.#elsewhere(elsewhere));
    const kept = keptFor(this.#options.settings);
    return { id, data_class: dataClass, what, purpose, place, kept_for: kept, erased_by: erasedBy, now };
  }

  async #elsewhere(what: Elsewhere): Promise<Extent> {
    if (what === 'spool') return this.#spool();
    if (what === 'keys') {
      const made = this.#options.keys.madeAt();
      return extent('keys', { count: made.length, oldest: least(made) });
    }
    const files = this.#options.backups.list().filter(({ state }) => state === 'complete');
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...extent('files', { count: files.length, oldest: least(files.map((file) => file.createdAt)) }), bytes };
  }

  async #spool(): Promise<Extent> {
    const { spool } = this.#options;
    const { messages, bytes, firstPosition } = await spool.stats();
    const [first] = await spool.read(firstPosition - 1, { messages: 1, bytes: 1 });
    return { ...extent('messages', { count: messages, oldest: first?.receivedAt }), bytes };
  }
}

/** The keys of the configuration that say what is kept, where and for how long. */
function settingsThatCount({ retention, privacy, syslog, spool, store, mirrors }: Settings): PrivacyReport['settings'] {
  const under = (key: string, values: Readonly<Record<string, number>>): [string, number][] =>
    Object.entries(values).map(([name, value]) => [`gateway.${key}.${name}`, value]);
  return {
    'gateway.store': redactLocation(store),
    ...(mirrors.length === 0 ? {} : { 'gateway.mirrors': mirrors.map(redactLocation).join(', ') }),
    ...Object.fromEntries([...under('retention', retention), ...under('privacy', privacy), ...under('spool', spool)]),
    'gateway.syslog.names': syslog.names,
  };
}

/** What a store holds of the measurements of one kind, points and averages apart. */
function storedExtents(
  { store, extents, left, away }: StoreExtent,
  belongs: NonNullable<Holding['measurements']>,
): Extent[] {
  if (away !== undefined)
    return [
      { part: store, note: { en: `not reached: ${away.slice(0, 300)}`, 'zh-CN': `无法连接：${away.slice(0, 300)}` } },
    ];
  const ours = extents.filter(({ measurement }) => belongs(measurementSpec(measurement)));
  const note: { note?: LocalText } =
    left === 0
      ? {}
      : { note: { en: `${left} measurements were not asked about`, 'zh-CN': `另有 ${left} 种测量未查询` } };
  if (ours.length === 0) return [{ part: `${store} points`, ...(left === 0 ? { count: 0 } : {}), ...note }];
  return storedParts.flatMap((part) => {
    const of = ours.filter((one) => one.part === part);
    if (of.length === 0) return [];
    const counted = of.every(({ count }) => count !== undefined);
    const count = of.reduce((sum, one) => sum + (one.count ?? 0), 0);
    const oldest = least(of.flatMap((one) => one.oldest ?? []));
    return [
      { part: `${store} ${part}`, ...(counted ? { count } : {}), ...(oldest === undefined ? {} : { oldest }), ...note },
    ];
  });
}

function extent(part: string, { count, oldest }: { count: number; oldest: number | undefined }): Extent {
  return { part, count, ...(oldest === undefined ? {} : { oldest }) };
}

function least(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other));
}
