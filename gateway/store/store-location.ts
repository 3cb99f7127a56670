import { CampusError } from '../../contract/errors.ts';
import type { CredentialSource } from './credentials.ts';
import type { InfluxTarget } from './influxdb/influx-target.ts';
import type { VictoriaMetricsTarget } from './victoriametrics/victoriametrics-target.ts';

/** Where a store is, from one line of configuration. docs/stores.md has the forms. */
export type StoreLocation =
  | { kind: 'duckdb' }
  | { kind: 'influxdb'; target: InfluxTarget }
  | { kind: 'victoriametrics'; target: VictoriaMetricsTarget };

/** One kind of server: how its location looks, its usual port, and the parameters it takes after `?`. */
interface ServerForm {
  form: string;
  port: number;
  parameters: readonly string[];
  read: (parts: LocationParts) => StoreLocation | undefined;
}

interface LocationParts {
  /** http(s)://host:port */
  origin: string;
  /** Decoded parts of the path. */
  path: readonly string[];
  /** The path as it stands, without a slash at its end. */
  rawPath: string;
  credentials: CredentialSource | undefined;
  parameters: URLSearchParams;
}

const servers: Readonly<Record<string, ServerForm>> = {
  influxdb: {
    form: 'influxdb://[user:password@]host[:port]/database',
    port: 8086,
    parameters: ['password_file'],
    read: (parts) => influxdb(1, parts),
  },
  influxdb2: {
    form: 'influxdb2://[token@]host[:port]/org/bucket',
    port: 8086,
    parameters: ['token_file'],
    read: (parts) => influxdb(2, parts),
  },
  influxdb3: {
    form: 'influxdb3://[token@]host[:port]/database',
    port: 8181,
    parameters: ['token_file'],
    read: (parts) => influxdb(3, parts),
  },
  victoriametrics: {
    form: 'victoriametrics://[user:password@]host[:port][/path][?select=http://host:port/path]',
    port: 8428,
    parameters: ['select', 'password_file', 'token_file'],
    read: victoriametrics,
  },
};

/** Every form of a location, for people. */
export const locationForms: readonly string[] = ['duckdb', ...Object.values(servers).map(({ form }) => form)];

/**
 * Parses one store's location.
 * @throws CampusError `config_invalid` saying what is allowed, `tls_required` for a secret that would cross the network in clear;
 * secrets are not repeated
 */
export function parseStoreLocation(text: string): StoreLocation {
  if (text === 'duckdb') return { kind: 'duckdb' };
  const [, name = '', tls] = /^([a-z0-9]+)(\+https)?:\/\//.exec(text) ?? [];
  const server = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (server === undefined) throw invalid(`expected ${locationForms.join(', or ')}`, text);
  const parts = split(text, server, tls === undefined ? 'http' : 'https');
  const location = parts && server.read(parts);
  if (parts === undefined || location === undefined) throw invalid(`expected ${server.form}`, text);
  if (parts.credentials !== undefined && hasClearText(location)) {
    throw new CampusError(
      'tls_required',
      `expected ${name}+https://…, got ${redactLocation(text)}: its secret would cross the network in clear`,
    );
  }
  return location;
}

/** A store's location without its secrets, for logs and the console; also of a text that is no location. */
export function redactLocation(text: string): string {
  return text.replace(/\/\/.*@/, '//…@').replaceAll(/([?&])(?!(?:select|password_file|token_file)=)[^&]*/g, '$1…');
}

/** The name under which a store acknowledges spool messages: it stays when a password or a file of one changes. */
export function consumerName(location: string): string {
  const [address = '', query = ''] = location.replace(/\/\/.*@/, '//').split('?', 2);
  const select = new URLSearchParams(query).get('select');
  return select === null ? address : `${address}?select=${select}`;
}

function split(text: string, { port, parameters }: ServerForm, scheme: 'http' | 'https'): LocationParts | undefined {
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || url.hash !== '') return undefined;
  if ([...url.searchParams.keys()].some((key) => !parameters.includes(key))) {
    throw invalid(`expected nothing but ${parameters.join(', ')} after "?"`, text);
  }
  try {
    const rawPath = url.pathname.replace(/\/+$/, '');
    return {
      origin: `${scheme}://${url.hostname}:${url.port || port}`,
      path: rawPath.split('/').slice(1).map(decodeURIComponent),
      rawPath,
      credentials: credentialsOf(url, text),
      parameters: url.searchParams,
    };
  } catch (error) {
    // A percent sign that begins no escape.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** `user:password@` and `token@`, where the secret may lie in a file instead. */
function credentialsOf(url: URL, text: string): CredentialSource | undefined {
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const [passwordFile, tokenFile] = [url.searchParams.get('password_file'), url.searchParams.get('token_file')];
  const file = passwordFile ?? tokenFile;
  if (file === null) {
    if (password !== '') return { username: user, secret: password };
    return user === '' ? undefined : { secret: user };
  }
  const wanted = passwordFile === null ? 'token_file without a token' : 'password_file with user@';
  const fits = password === '' && (passwordFile === null) === (user === '') && (passwordFile ?? tokenFile) === file;
  if (!fits || (passwordFile !== null && tokenFile !== null)) throw invalid(`expected ${wanted} before the host`, text);
  if (!file.startsWith('/')) throw invalid('expected an absolute path of the file with the secret', text);
  return passwordFile === null ? { secret: { file } } : { username: user, secret: { file } };
}

function influxdb(version: 1 | 2 | 3, { origin, path, credentials }: LocationParts): StoreLocation | undefined {
  const names = version === 2 ? 2 : 1;
  if (path.length !== names || path.includes('')) return undefined;
  // 1.x knows users with passwords, its successors tokens.
  if (credentials !== undefined && (version === 1) !== (credentials.username !== undefined)) return undefined;
  const [org = '', database = org] = path;
  return {
    kind: 'influxdb',
    target: {
      version,
      url: origin,
      database,
      ...(version === 2 ? { org } : {}),
      ...(credentials === undefined ? {} : { credentials }),
    },
  };
}

function victoriametrics({ origin, rawPath, credentials, parameters }: LocationParts): StoreLocation | undefined {
  const url = `${origin}${rawPath}`;
  const select = parameters.get('select');
  const selectUrl = select === null ? url : baseUrl(select);
  if (selectUrl === undefined) return undefined;
  return {
    kind: 'victoriametrics',
    target: { url, selectUrl, ...(credentials === undefined ? {} : { credentials }) },
  };
}

/** An http(s) address with nothing but host and path. */
function baseUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** True when a part of the store is reached without TLS and not on this machine. */
function hasClearText(location: StoreLocation): boolean {
  if (location.kind === 'duckdb') return false;
  const urls = location.kind === 'influxdb' ? [location.target.url] : [location.target.url, location.target.selectUrl];
  return urls.some((url) => /^http:\/\/(?!(127(\.\d{1,3}){3}|\[::1\]|localhost)[:/])/.test(`${url}/`));
}

function invalid(expected: string, text: string): CampusError {
  return new CampusError('config_invalid', `${expected}; got ${redactLocation(text)}`);
}
