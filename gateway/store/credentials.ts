import { readFileSync } from 'node:fs';
import { CampusError } from '../../contract/errors.ts';

/** What a server is shown: a user name and its password, or a token alone. */
export interface Credentials {
  username?: string;
  secret: string;
}

/** Credentials as a store's location gives them: the secret itself, or the file that holds it. */
export interface CredentialSource {
  username?: string;
  secret: string | { file: string };
}

/** A token or password of more characters than this is some other file. */
const SECRET_CHARS_MAX = 4096;

/**
 * Reads the secret where it lies in a file; its first line counts, as editors end it with a line break.
 * @throws CampusError `store_misconfigured` naming the file, never what is in it
 */
export function readCredentials(source: CredentialSource | undefined): Credentials | undefined {
  if (source === undefined) return undefined;
  const { secret, ...rest } = source;
  return { ...rest, secret: typeof secret === 'string' ? secret : readSecret(secret.file) };
}

/** The Authorization header (RFC 7617, RFC 6750); InfluxDB 2.x calls a bearer token `Token`. */
export function authorization(
  credentials: Credentials | undefined,
  tokenScheme: 'Bearer' | 'Token',
): Record<string, string> {
  if (credentials === undefined) return {};
  const { username, secret } = credentials;
  if (username === undefined) return { authorization: `${tokenScheme} ${secret}` };
  return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` };
}

function readSecret(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CampusError(
      'store_misconfigured',
      `cannot read the secret of the store from ${file} (${code}): expected a file with the token or password in its first line`,
      { cause: error },
    );
  }
  const [secret = ''] = text.split(/\r?\n/);
  // A header holds visible ASCII (RFC 9110 §5.5); anything else there would be a request of its own.
  if (!/^[\x21-\x7e]+$/.test(secret) || secret.length > SECRET_CHARS_MAX) {
    throw new CampusError(
      'store_misconfigured',
      `${file}: expected a token or password of 1 to ${SECRET_CHARS_MAX} visible ASCII characters in the first line`,
    );
  }
  return secret;
}
