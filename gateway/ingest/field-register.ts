import { limits } from '../../contract/limits.ts';
import { measurements } from '../../contract/measurements/index.ts';
import type { FieldType, FieldTypes, Point } from '../store/store.ts';
import type { PointRejection } from './series-index.ts';

/** What one device was the first to send. */
interface Introduced {
  measurements: number;
  fields: number;
}

/**
 * Every measurement and field name the gateway knows: each is a table or a column, for good, so one device may bring in a part of what
 * there may be and no more. Types are fixed by the contract alone; what one sender gets wrong elsewhere must not bind the others.
 */
export class FieldRegister {
  /** Measurement → its fields. */
  readonly #fields = new Map<string, Set<string>>();
  /** Of the contract's measurements. */
  readonly #types: FieldTypes = new Map();
  readonly #introduced = new Map<string, Introduced>();

  constructor() {
    for (const { name, fields } of Object.values(measurements)) {
      this.#types.set(name, new Map(Object.entries(fields).map(([field, { type }]) => [field, type])));
      this.#fields.set(name, new Set(Object.keys(fields)));
    }
  }

  /** Learns what a store holds, at the start. */
  seed(types: FieldTypes): void {
    for (const [measurement, fields] of types) {
      const known = this.#fields.get(measurement) ?? new Set();
      for (const field of fields.keys()) known.add(field);
      this.#fields.set(measurement, known);
    }
  }

  /** Checks a point's names and types and registers what is new; undefined when it may be stored. */
  admit({ site, device, measurement, fields }: Point): PointRejection | undefined {
    const by = this.#introducedBy(`${site}/${device}`);
    const rejection = this.#admitMeasurement(measurement, by);
    if (rejection !== undefined) return rejection;
    const known = this.#fields.get(measurement)!;
    const types = this.#types.get(measurement);
    for (const field in fields) {
      const type = typeof fields[field] as FieldType;
      const expected = types?.get(field);
      if (expected !== undefined && expected !== type) {
        return {
          code: 'field_type_conflict',
          detail: `${measurement}.${field}: expected a ${expected}, got a ${type}`,
        };
      }
      if (known.has(field)) continue;
      if (known.size >= limits.fieldsPerMeasurement || by.fields >= limits.newFieldsPerDevice) {
        return {
          code: 'field_limit',
          detail: `expected at most ${limits.fieldsPerMeasurement} fields of ${measurement} and ${limits.newFieldsPerDevice} new ones of one device, got also ${field}`,
        };
      }
      by.fields++;
      known.add(field);
    }
    return undefined;
  }

  #admitMeasurement(measurement: string, by: Introduced): PointRejection | undefined {
    if (this.#fields.has(measurement)) return undefined;
    if (this.#fields.size >= limits.measurements || by.measurements >= limits.newMeasurementsPerDevice) {
      return {
        code: 'field_limit',
        detail: `expected at most ${limits.measurements} measurements and ${limits.newMeasurementsPerDevice} new ones of one device, got also ${measurement}`,
      };
    }
    by.measurements++;
    this.#fields.set(measurement, new Set());
    return undefined;
  }

  #introducedBy(device: string): Introduced {
    let introduced = this.#introduced.get(device);
    if (introduced === undefined) {
      introduced = { measurements: 0, fields: 0 };
      this.#introduced.set(device, introduced);
    }
    return introduced;
  }
}
