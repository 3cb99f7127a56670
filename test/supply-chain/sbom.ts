import { createHash } from 'node:crypto';
import { foundBy, type LockedPackage } from './lockfile.ts';

/** https://cyclonedx.org/docs/1.6/json/ */
export interface Bom {
  $schema: string;
  bomFormat: 'CycloneDX';
  specVersion: '1.6';
  serialNumber: string;
  version: 1;
  metadata: { timestamp: string; lifecycles: { phase: 'pre-build' }[]; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

export interface Component {
  type: 'application' | 'library';
  'bom-ref': string;
  group?: string;
  name: string;
  version: string;
  scope: 'required' | 'optional';
  hashes?: { alg: string; content: string }[];
  licenses: ({ license: { id: string } } | { license: { name: string } } | { expression: string })[];
  purl: string;
  properties?: { name: string; value: string }[];
}

export interface BomOptions {
  /** Every package of the lockfile. */
  packages: ReadonlyMap<string, LockedPackage>;
  /** Those that are delivered. */
  delivered: readonly LockedPackage[];
  /** Licences that the lockfile does not tell, by `name@version`. */
  licences: Readonly<Record<string, string>>;
  /** When it is made, ISO 8601. */
  timestamp: string;
}

/**
 * The product's bill of materials. It is made from the lockfile alone, so it is the same on every machine, and has the packages of all of them.
 * (npm's own `npm sbom` stops at an optional peer that another version than it asks for stands in for.)
 * @throws Error for a package without a licence
 */
export function cyclonedx({ packages, delivered, licences, timestamp }: BomOptions): Bom {
  const product = packages.get('');
  if (product === undefined) throw new Error('package-lock.json does not have the product itself');
  const kept = new Set<LockedPackage>(delivered);
  // The same package may be installed in several places, beside others of its needs.
  const places = Map.groupBy([product, ...delivered], purlOf);
  const refsNeededAt = (one: LockedPackage): string[] =>
    foundBy(packages, one, [...one.needs, ...one.peers])
      .filter((needed) => kept.has(needed))
      .map(purlOf);
  const [component, ...components] = [...places.values()].flatMap(([one, ...others]) =>
    one === undefined ? [] : [componentOf(one, others, licences)],
  );
  if (component === undefined) throw new Error('there is nothing to list');
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf([...places.keys()]),
    version: 1,
    metadata: {
      timestamp,
      lifecycles: [{ phase: 'pre-build' }],
      component: { ...component, type: 'application' },
    },
    components,
    dependencies: [...places].map(([ref, same]) => ({
      ref,
      dependsOn: [...new Set(same.flatMap(refsNeededAt))].sort(),
    })),
  };
}

function componentOf(
  one: LockedPackage,
  others: readonly LockedPackage[],
  licences: Readonly<Record<string, string>>,
): Component {
  const same = [one, ...others];
  const { name, version } = one;
  const license = one.license ?? licences[`${name}@${version}`];
  if (license === undefined) {
    throw new Error(`${name}@${version}: package-lock.json tells no licence: look it up and add it to licences.json`);
  }
  const [group, bare = ''] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const integrity = same.find((place) => place.integrity !== undefined)?.integrity;
  const bundled = same.every((place) => place.bundled);
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    ...(group === undefined ? {} : { group }),
    name: bare,
    version,
    scope: same.every(({ optional }) => optional) ? 'optional' : 'required',
    ...(integrity === undefined ? {} : { hashes: hashesOf(integrity) }),
    licenses: [licenceOf(license)],
    purl: purlOf(one),
    // Its archive is the one of the package around it.
    ...(bundled ? { properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }] } : {}),
  };
}

/** `pkg:npm/%40scope/name@1.2.3` (https://github.com/package-url/purl-spec, type npm). */
export function purlOf({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** `sha512-BASE64` → `SHA-512` and hex. */
function hashesOf(integrity: string): { alg: string; content: string }[] {
  return integrity.split(' ').map((hash) => {
    const [, bits, content = ''] = /^sha(1|256|384|512)-(.+)$/.exec(hash) ?? [];
    if (bits === undefined) throw new Error(`expected a hash such as sha512-…, got ${hash}`);
    return { alg: `SHA-${bits}`, content: Buffer.from(content, 'base64').toString('hex') };
  });
}

/** One identifier of SPDX, an expression of several, or what somebody wrote freely. */
function licenceOf(license: string): Component['licenses'][number] {
  if (/^[A-Za-z0-9.+-]+$/.test(license)) return { license: { id: license } };
  return / (OR|AND|WITH) /.test(license) ? { expression: license } : { license: { name: license } };
}

/** The same for the same content, as a UUID of its hash (RFC 9562 §5.8, version 8). */
function serialOf(refs: readonly string[]): string {
  const hex = createHash('sha256').update(refs.join('\n')).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
