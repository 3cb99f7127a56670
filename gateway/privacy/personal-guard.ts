import { holdsMac, parseMac, replaceMacs } from '../../contract/mac-address.ts';
import type { MeasurementSpec } from '../../contract/measurement.ts';
import { measurementSpec } from '../../contract/measurements/index.ts';
import type { Metric } from '../../contract/telemetry.ts';

/** Names under which other programs report hardware of the network, which is nobody's: `bssid`, `ap_mac`, `ifPhysAddress`, `bridge_id`. */
const infrastructure =
  /(^|[_.-])(bssid|ap|access_point|router|gateway|switch|bridge|chassis|port|interface|iface|if)([_.-]|$)|^if[A-Z]/;

export interface PersonalGuardOptions {
  /** The pseudonym of a client of a site. */
  pseudonym: (site: string, mac: string) => string;
  /** The MAC addresses of a device's own interfaces, 12 digits each, as it reports them in its inventory. */
  ownMacs: (site: string, device: string) => ReadonlySet<string>;
  specOf?: (measurement: string) => MeasurementSpec | undefined;
}

export interface Guarded {
  metrics: Metric[];
  /** Values in which addresses were replaced by pseudonyms. */
  replaced: number;
  /** Metrics that were left out. */
  refused: number;
}

/**
 * Keeps MAC addresses of people's devices out of everything that the gateway keeps and passes on. In the product's own measurements of
 * devices there are only those of infrastructure; in its measurements of people's devices agents have hashed them already, so one in clear is
 * a fault and is refused; in those of other programs one that is not plainly of infrastructure is taken for a person's and is hashed here.
 */
export class PersonalGuard {
  readonly #options: PersonalGuardOptions;
  readonly #specOf: NonNullable<PersonalGuardOptions['specOf']>;

  constructor({ specOf = measurementSpec, ...options }: PersonalGuardOptions) {
    this.#options = options;
    this.#specOf = specOf;
  }

  /** True for a measurement whose texts need not be looked at. */
  trusts(measurement: string): boolean {
    const dataClass = this.#specOf(measurement)?.dataClass;
    return dataClass === 'public' || dataClass === 'internal';
  }

  /** The metrics of one message of a device, with addresses replaced or left out. The same array where there is nothing to do. */
  clean({ site, device }: { site: string; device: string }, metrics: Metric[]): Guarded {
    const suspicious = metrics.some((metric) => !this.trusts(metric.name) && textsOf(metric).some(holdsMac));
    if (!suspicious) return { metrics, replaced: 0, refused: 0 };
    const own = this.#options.ownMacs(site, device);
    const result: Guarded = { metrics: [], replaced: 0, refused: 0 };
    const clean = <V>(name: string, value: V): V | string => {
      if (typeof value !== 'string' || infrastructure.test(name)) return value;
      const cleaned = replaceMacs(value, (mac) =>
        own.has(parseMac(mac) ?? '') ? mac : this.#options.pseudonym(site, mac),
      );
      if (cleaned !== value) result.replaced += 1;
      return cleaned;
    };
    for (const metric of metrics) {
      if (this.trusts(metric.name) || !textsOf(metric).some(holdsMac)) result.metrics.push(metric);
      else if (this.#specOf(metric.name) !== undefined) result.refused += 1;
      else {
        const { tags, fields } = metric;
        result.metrics.push({ ...metric, tags: mapValues(tags, clean), fields: mapValues(fields, clean) });
      }
    }
    return result;
  }
}

function textsOf({ tags, fields }: Metric): string[] {
  return [...Object.values(tags), ...Object.values(fields)].filter((value) => typeof value === 'string');
}

function mapValues<V>(
  record: Record<string, V>,
  map: (name: string, value: V) => V | string,
): Record<string, V | string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(name, value)]));
}
