import type { FieldType, FieldTypes, Point } from './store.ts';

/** A field that is not known is looked for on the server no more often than this: a wrong query must not cost one more each time. */
const RELOAD_MS = 2_000;

/** The types that a server holds, asked for when a field is met that they do not have. Fields keep their type for as long as they exist. */
export class FieldTypeCache {
  readonly #load: () => Promise<FieldTypes>;
  readonly #now: () => number;
  #types: FieldTypes | undefined;
  #loadedAt = 0;

  /** @param now a clock that never goes back, ms */
  constructor(load: () => Promise<FieldTypes>, now: () => number = () => performance.now()) {
    this.#load = load;
    this.#now = now;
  }

  /** Everything known, loaded at the first use. */
  async all(): Promise<FieldTypes> {
    return this.#types ?? this.refresh();
  }

  async refresh(): Promise<FieldTypes> {
    this.#types = await this.#load();
    this.#loadedAt = this.#now();
    return this.#types;
  }

  /** The type of one field, or undefined when the server has no such field. */
  async typeOf(measurement: string, field: string): Promise<FieldType | undefined> {
    const known = (await this.all()).get(measurement)?.get(field);
    if (known !== undefined || this.#now() - this.#loadedAt < RELOAD_MS) return known;
    return (await this.refresh()).get(measurement)?.get(field);
  }

  /** Told of points that were written: a field among them that is not known will be asked for at once. */
  wrote(points: readonly Point[]): void {
    const types = this.#types;
    if (types === undefined) return;
    const isKnown = ({ measurement, fields }: Point): boolean => {
      const known = types.get(measurement);
      return known !== undefined && Object.keys(fields).every((field) => known.has(field));
    };
    if (!points.every(isKnown)) this.clear();
  }

  /** Forgets everything, after a change that it did not see. */
  clear(): void {
    this.#types = undefined;
  }
}
