import { checkAggregate } from '../aggregate.ts';
import { authorization, readCredentials } from '../credentials.ts';
import { FieldTypeCache } from '../field-type-cache.ts';
import { LineWriter } from '../line-writer.ts';
import { Server } from '../server.ts';
import type {
  Batch,
  ErasedSubject,
  FieldTypes,
  HistoryPage,
  HistoryQuery,
  LatestQuery,
  Point,
  SeriesQuery,
  SeriesResult,
  Store,
  StoreNeeds,
} from '../store.ts';
import { Durability } from './durability.ts';
import { encodePoints, labels, seriesName, typeLabel } from './labels.ts';
import { selector } from './promql.ts';
import { HistoryReader } from './read-history.ts';
import { readLatest } from './read-latest.ts';
import { readRaw, readSteps } from './read-series.ts';
import { checkFlags } from './server-flags.ts';
import { VictoriaMetricsApi } from './victoriametrics-api.ts';
import type { VictoriaMetricsTarget } from './victoriametrics-target.ts';

const NAME = 'VictoriaMetrics';

export interface Clocks {
  /** Wall clock, ms. */
  now: () => number;
  /** A clock that never goes back, ms. */
  elapsed: () => number;
}

/**
 * VictoriaMetrics, one server or a cluster: line protocol in, PromQL out. It keeps no position: the spool does, and of points that are
 * written twice the server's deduplication leaves one. It deletes by its own retention period alone.
 */
export class VictoriaMetricsStore implements Store {
  readonly name = 'victoriametrics';
  readonly #needs: StoreNeeds;
  readonly #writer: LineWriter;
  readonly #api: VictoriaMetricsApi;
  /** Where the reading side may tell its flags. */
  readonly #flagServers: readonly Server[];
  readonly #history: HistoryReader;
  readonly #durability: Durability;
  readonly #types = new FieldTypeCache(() => this.#loadTypes());
  #checked = false;

  /** @throws CampusError `store_misconfigured` when the file with its secret cannot be read */
  constructor(target: VictoriaMetricsTarget, needs: StoreNeeds, clocks: Clocks) {
    const { url, selectUrl } = target;
    const headers = authorization(readCredentials(target.credentials), 'Bearer');
    const servers = (base: string): Server[] =>
      [...new Set([base, new URL(base).origin])].map((address) => new Server({ name: NAME, url: address, headers }));
    this.#needs = needs;
    this.#flagServers = servers(selectUrl);
    this.#writer = new LineWriter({
      name: `${NAME} at ${url}`,
      url,
      headers,
      // Unlike InfluxDB it unescapes a backslash before any character, itself too.
      escapeBackslashes: (value) => value.replaceAll('\\', '\\\\'),
    });
    this.#api = new VictoriaMetricsApi({
      server: new Server({ name: NAME, url: selectUrl, headers }),
      // In a cluster the same tenant under another first part (https://docs.victoriametrics.com/cluster-victoriametrics/#url-format).
      deleting: new Server({
        name: NAME,
        url: selectUrl.replace(/\/select\/(\d+(?::\d+)?\/prometheus)$/, '/delete/$1'),
        headers,
      }),
      now: clocks.now,
    });
    this.#history = new HistoryReader(this.#api);
    this.#durability = new Durability(servers(url), clocks.elapsed);
  }

  async check(): Promise<string[]> {
    // The first question is one that is answered to nobody without the right credentials.
    await this.#types.refresh();
    const notes = await checkFlags(this.#flagServers, this.#needs);
    this.#checked = true;
    return notes;
  }

  async position(): Promise<undefined> {
    return undefined;
  }

  async write({ points, position }: Batch): Promise<{ skipped: number }> {
    // The server may have been away at the start, or be a new one since.
    if (!this.#checked) await this.check();
    const encoded = encodePoints(points, await this.#types.all());
    try {
      await this.#durability.beforeWrite();
      const refused = await this.#writer.write(encoded.points);
      const rows = encoded.points.reduce((sum, { fields }) => sum + Object.keys(fields).length, 0);
      this.#durability.wrote(position, rows - refused);
      return { skipped: encoded.skipped + refused };
    } catch (error) {
      this.#durability.failed();
      this.#types.clear();
      this.#checked = false;
      throw error;
    }
  }

  durablePosition(): Promise<number> {
    return this.#durability.position();
  }

  merge(batch: Batch): Promise<{ skipped: number }> {
    return this.write(batch);
  }

  fieldTypes(): Promise<FieldTypes> {
    return this.#types.refresh();
  }

  async latest(query: LatestQuery): Promise<Point[]> {
    const measurements = query.measurement === undefined ? [...(await this.fieldTypes()).keys()] : [query.measurement];
    const points: Point[] = [];
    for (const measurement of measurements) points.push(...(await readLatest(this.#api, measurement, query)));
    return points;
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    const type = await this.#types.typeOf(query.measurement, query.field);
    if (type === undefined || type === 'string') return { series: [], truncated: false };
    checkAggregate(query, type);
    const { step } = query;
    return step === undefined ? readRaw(this.#api, query, type) : readSteps(this.#api, { ...query, step }, type);
  }

  read(query: HistoryQuery): Promise<HistoryPage> {
    return this.#history.read(query);
  }

  /**
   * Deletes the series that have ended before. Only the server's retention period deletes part of a series, so one that goes on keeps its
   * beginning for as long as that: clients' series end when their pseudonyms do.
   */
  async deleteOlderThan(measurement: string, before: number): Promise<void> {
    const selected = selector({ [labels.measurement]: measurement });
    const goingOn = new Set((await this.#api.series(selected, { from: before, to: this.#api.end })).map(seriesText));
    for (const series of await this.#api.series(selected, { from: 1, to: before })) {
      if (!goingOn.has(seriesText(series))) await this.#api.deleteSeries(selector(series));
    }
  }

  async erase(subject: ErasedSubject): Promise<{ note?: string }> {
    if (!('text' in subject)) {
      await this.#api.deleteSeries(selector({ site: subject.site, device: subject.device }));
    } else {
      // Texts are left out of this store, so a subject is in labels alone.
      for (const label of await this.#api.labelNames()) {
        if (label !== labels.name && label !== labels.measurement && label !== labels.type) {
          await this.#api.deleteSeries(selector({ [label]: subject.text }));
        }
      }
    }
    this.#types.clear();
    return {};
  }

  async close(): Promise<void> {
    // Every request is its own; there is no connection to end.
  }

  async #loadTypes(): Promise<FieldTypes> {
    const types: FieldTypes = new Map();
    for (const measurement of await this.#api.labelValues(labels.measurement, '{site!="",device!=""}')) {
      const prefix = seriesName(measurement, '');
      const fields = new Map<string, 'number' | 'boolean'>();
      for (const type of ['number', 'boolean'] as const) {
        const selected = selector({ [labels.measurement]: measurement, [labels.type]: typeLabel(type) });
        for (const name of await this.#api.labelValues(labels.name, selected)) {
          if (name.startsWith(prefix)) fields.set(name.slice(prefix.length), type);
        }
      }
      if (fields.size > 0) types.set(measurement, fields);
    }
    return types;
  }
}

/** A series' labels in one order. */
function seriesText(series: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(series).sort());
}
