import { existsSync, readFileSync } from 'node:fs';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import { clientPseudonym, PSEUDONYM_KEY_BYTES } from '../../runtime/client-pseudonym.ts';
import { writePrivateFile } from '../../runtime/home.ts';

/** In the gateway's directory; never part of a backup: with the key of its time, a backup would tell whose pseudonyms it holds. */
export const PSEUDONYM_KEYS_FILE = 'pseudonym-keys.json';

const DAY_MS = 24 * 3600 * 1000;

export const privacyConfig = Type.Object(
  {
    pseudonym_days: Type.Integer({
      minimum: 1,
      maximum: 366,
      default: 14,
      description:
        'days after which clients get new pseudonyms that nobody can tie to the ones before, 1 to 366; measurements of clients tell no more than that',
    }),
  },
  { additionalProperties: false, default: {} },
);

const Key = Type.Object({
  /** Tells keys apart without telling them. */
  id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  key: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  created_at: Type.Integer(),
});
const Keys = Type.Record(Type.String(), Key);
const keysValidator = Compile(Keys);

export interface SiteKey {
  id: string;
  key: Buffer;
  /** ms that it is still used for. */
  validMs: number;
}

export interface PseudonymKeysOptions {
  path: string;
  /** How long a key is used, days. */
  days: number;
  /** Wall clock, ms. */
  now: () => number;
  random: (bytes: number) => Buffer;
}

/**
 * The keys under which the MAC addresses of clients are hashed, one a site, in a file of mode 0600. When a key's time is over another
 * takes its place and it is gone: nobody can compute the old pseudonyms of an address any more, not even who has the home.
 */
export class PseudonymKeys {
  readonly #options: PseudonymKeysOptions;
  #keys: Static<typeof Keys>;

  /** @throws CampusError `home_not_writable` for a file that holds no keys, with what to do */
  constructor(options: PseudonymKeysOptions) {
    this.#options = options;
    this.#keys = readKeys(options.path);
  }

  /** The key of a site at this moment; it is made when the site has none, or one whose time is over. */
  current(site: string): SiteKey {
    const now = this.#options.now();
    const known = Object.hasOwn(this.#keys, site) ? this.#keys[site] : undefined;
    const key = known === undefined || this.#isOver(known.created_at, now) ? this.#renew(site, now) : known;
    const validMs = key.created_at + this.#options.days * DAY_MS - now;
    return { id: key.id, key: Buffer.from(key.key, 'base64url'), validMs };
  }

  /** The pseudonym of a client of a site at this moment. @throws CampusError `parse_failed` */
  pseudonym(site: string, mac: string): string {
    return clientPseudonym(this.current(site).key, mac);
  }

  /** When each key that is in use was made, ms. */
  madeAt(): number[] {
    return Object.values(this.#keys).map(({ created_at }) => created_at);
  }

  /** A clock that was never set, or was set back, makes no key anew: it would break what belongs together. */
  #isOver(createdAt: number, now: number): boolean {
    return now >= limits.earliestMs && now - createdAt >= this.#options.days * DAY_MS;
  }

  #renew(site: string, now: number): Static<typeof Key> {
    const { random, path } = this.#options;
    const key = {
      id: random(8).toString('hex'),
      key: random(PSEUDONYM_KEY_BYTES).toString('base64url'),
      created_at: now,
    };
    const keys = { ...this.#keys, [site]: key };
    writePrivateFile(path, `${JSON.stringify(keys)}\n`);
    this.#keys = keys;
    return key;
  }
}

/**
 * The pseudonym that a client of a site has at this moment, for the command line; undefined when the site has no key, so no client has one.
 * @throws CampusError `parse_failed`, `home_not_writable`
 */
export function readPseudonym(path: string, site: string, mac: string): string | undefined {
  const keys = readKeys(path);
  const known = Object.hasOwn(keys, site) ? keys[site] : undefined;
  return known === undefined ? undefined : clientPseudonym(Buffer.from(known.key, 'base64url'), mac);
}

function readKeys(path: string): Static<typeof Keys> {
  if (!existsSync(path)) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (keysValidator.Check(value)) return value;
  throw new CampusError(
    'home_not_writable',
    `${path}: expected the keys of clients' pseudonyms, got something else: delete it, and clients get new pseudonyms`,
  );
}
