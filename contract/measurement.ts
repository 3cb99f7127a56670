/**
 * How a measurement is described: once, here, for the agent that sends it, the gateway that checks it, the stores, the docs and the console.
 */

/** How sensitive a field is (GB/T 35273, PIPL art. 28). Nothing above `internal` leaves an agent in clear. */
export type DataClass = 'public' | 'internal' | 'personal' | 'sensitive';

/** How long fine-grained points are kept; aggregates live longer. */
export type RetentionClass = 'metrics' | 'client' | 'security';

export interface FieldSpec {
  readonly type: 'number' | 'string' | 'boolean';
  /** UCUM-like unit for people: `B`, `%`, `bit/s`, `s`, `ms`, `°C`; absent for plain counts and texts. */
  readonly unit?: string;
  /** `counter` only ever grows until a restart; `gauge` goes both ways. */
  readonly kind?: 'counter' | 'gauge';
  readonly dataClass?: DataClass;
  readonly en: string;
  readonly zh: string;
}

export interface MeasurementSpec {
  readonly name: string;
  readonly en: string;
  readonly zh: string;
  readonly dataClass: DataClass;
  readonly retention: RetentionClass;
  /** Tag keys with what they hold. `site` and `device` are stamped by the gateway and stand in every measurement. */
  readonly tags: Readonly<Record<string, { readonly en: string; readonly zh: string }>>;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

type FieldValueOf<S extends FieldSpec> = S['type'] extends 'number'
  ? number
  : S['type'] extends 'boolean'
    ? boolean
    : string;

/** The fields of a measurement as a value: every field may be absent, for what is unknown is absent. */
export type FieldsOf<M extends MeasurementSpec> = {
  -readonly [K in keyof M['fields']]?: FieldValueOf<M['fields'][K]>;
};

/** Keeps the literal types of a measurement's description. */
export function defineMeasurement<const M extends MeasurementSpec>(measurement: M): M {
  return measurement;
}
