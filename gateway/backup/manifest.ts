import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../../contract/errors.ts';

/** The first file of every backup, which lists all others. */
export const MANIFEST_FILE = 'manifest.json';
/** Bytes of a manifest that is read at all: some 100 for each file. */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;
/** What is in a backup and how it is laid out. A number is added when an older product could not restore it. */
const FORMAT = 1;
const FILES_MAX = 5000;

/** A path that lies inside a home whatever the system makes of it: no way up, nothing absolute, nothing hidden in odd characters. */
const SAFE_PATH =
  '^(campus-edge\\.yaml|(agent|gateway|flows|credentials|pki)(/(?!\\.{1,2}(/|$))[^/\\\\\\p{Cc}]{1,255}){1,8})$';

const ManifestFile = Type.Object(
  {
    path: Type.String({ pattern: new RegExp(SAFE_PATH, 'u') }),
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type ManifestFile = Static<typeof ManifestFile>;

/** What a backup says of itself. Keys may be added by later versions of the same format. */
const Manifest = Type.Object({
  product: Type.Literal('campus-edge'),
  format: Type.Integer({ minimum: 1 }),
  /** Version of the product that made it. */
  version: Type.String({ pattern: '^\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}' }),
  created_at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z$' }),
  /** The home's primary store, without a password; the history of one that is a server is not part of the backup. */
  store: Type.String({ maxLength: 300 }),
  files: Type.Array(ManifestFile, { maxItems: FILES_MAX }),
});
export type Manifest = Static<typeof Manifest>;

const validator = Compile(Manifest);

export function encodeManifest(manifest: Omit<Manifest, 'product' | 'format'>): string {
  return `${JSON.stringify({ product: 'campus-edge', format: FORMAT, ...manifest }, null, 2)}\n`;
}

/**
 * Parses the manifest of a backup.
 * @param ours the version of this product, which restores what it or an older one made
 * @throws CampusError `backup_invalid`
 */
export function parseManifest(text: string, ours: string): Manifest {
  const value = parseJson(text);
  if (!validator.Check(value)) {
    const [error] = validator.Errors(value);
    throw invalid(
      `its ${MANIFEST_FILE} is not one of campus-edge: ${error?.instancePath ?? ''} ${error?.message ?? ''}`,
    );
  }
  if (value.format > FORMAT || isNewer(value.version, ours)) {
    throw invalid(
      `campus-edge ${value.version} made it, and this is ${ours}: restore it with that version or a newer one`,
    );
  }
  const paths = new Set(value.files.map(({ path }) => path));
  if (paths.size < value.files.length) throw invalid('it lists a file twice');
  return value;
}

function invalid(detail: string): CampusError {
  return new CampusError('backup_invalid', detail);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CampusError('backup_invalid', `its ${MANIFEST_FILE} is not JSON`, { cause: error });
  }
}

/** True when one version (`major.minor.patch`, Semantic Versioning §11) comes after another. */
function isNewer(version: string, than: string): boolean {
  const numbers = (text: string): number[] => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [one, other] = [numbers(version), numbers(than)];
  const index = one.findIndex((number, position) => number !== other[position]);
  return index >= 0 && one[index]! > (other[index] ?? 0);
}
