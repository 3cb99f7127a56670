import { parseFailure } from '../parse-failure.ts';

export interface Account {
  name: string;
  /** `x` where the hash lies in /etc/shadow; empty for an account without a password. */
  password: string;
  uid: number;
  shell: string;
}

/**
 * Parses /etc/passwd (passwd(5)): name, password, user id, group id, comment, home, shell.
 *
 *     teacher:x:1000:1000:,,,:/home/teacher:/bin/bash
 *
 * @throws CampusError `parse_failed`
 */
export function parsePasswd(text: string): Account[] {
  return accountLines(text, '/etc/passwd').map(({ fields, place, line }) => {
    const [name = '', password = '', uid = '', , , , shell] = fields;
    if (shell === undefined) throw parseFailure(place, 'seven fields between colons', line);
    if (!/^\d+$/.test(uid)) throw parseFailure(place, 'a user id in decimal', uid);
    return { name, password, uid: Number(uid), shell };
  });
}

export interface ShadowEntry {
  name: string;
  /** Empty for an account without a password; begins with `!` or `*` where no password is right. */
  hash: string;
  /** Days after which the password must be changed; undefined for never. */
  maxDays: number | undefined;
}

/** How shadow(5) says that a password is good for ever. */
const NEVER_DAYS = 99_999;

/**
 * Parses /etc/shadow (shadow(5)): name, hash, day of the last change, least and most days of a password's life, and more.
 *
 *     teacher:$y$j9T$…:20000:0:90:7:::
 *
 * @throws CampusError `parse_failed`, which shows no line: it would hold a hash
 */
export function parseShadow(text: string): ShadowEntry[] {
  return accountLines(text, '/etc/shadow').map(({ fields, place }) => {
    const [name = '', hash, , , maxText] = fields;
    if (hash === undefined || maxText === undefined)
      throw parseFailure(place, 'nine fields between colons', `${fields.length} fields`);
    if (!/^-?\d*$/.test(maxText)) throw parseFailure(place, 'a number of days', maxText);
    const days = maxText === '' ? NEVER_DAYS : Number(maxText);
    return { name, hash, maxDays: days < 0 || days >= NEVER_DAYS ? undefined : days };
  });
}

/** True for an account that somebody can sign in to with a password. */
export function hasPassword({ hash }: ShadowEntry): boolean {
  return hash !== '' && !/^[!*]/.test(hash);
}

function accountLines(text: string, source: string) {
  return text.split('\n').flatMap((line, index) => {
    // Lines of NIS (`+::::::`) stand for accounts that lie elsewhere.
    if (line.trim() === '' || /^[#+-]/.test(line)) return [];
    return [{ line, fields: line.split(':'), place: { source, line: index + 1 } }];
  });
}
