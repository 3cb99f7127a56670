import { type Static, Type } from '#typebox';
import { CampusError } from '../contract/errors.ts';
import { logConfig, siteConfig } from '../runtime/base-config.ts';
import { checkConfig, readConfigFile } from '../runtime/config-file.ts';
import { isLoopbackHost } from '../runtime/loopback.ts';
import { joinConfig } from './join/join-config.ts';
import { privacyConfig } from './privacy/pseudonym-keys.ts';
import { stampConfig } from './stamp/stamp-config.ts';
import { defaultOptions } from './store/duckdb/default-options.ts';
import { retentionConfig } from './store/retention.ts';
import { consumerName, locationForms, parseStoreLocation } from './store/store-location.ts';
import { parseSyslogUrl, syslogConfig } from './syslog/syslog-config.ts';
import { throughputConfig } from './throughput/throughput-config.ts';
import { checkTls, tlsConfig } from './tls-config.ts';

export { redactLocation } from './store/store-location.ts';
export { networkAccess, networkHost } from './tls-config.ts';

const storeDescription = `a store as docs/stores.md has them: ${locationForms.join(', or ')}`;
const hostDescription = 'a loopback address: 127.0.0.1 or ::1';

/** What campus-edge.yaml says to the gateway. */
export const gatewayConfig = Type.Object({
  site: siteConfig,
  log: logConfig,
  gateway: Type.Object(
    {
      store: Type.String({ default: 'duckdb', description: storeDescription }),
      mirrors: Type.Array(Type.String({ description: storeDescription }), {
        default: [],
        maxItems: 4,
        uniqueItems: true,
        description: 'a list of further stores, each written as gateway.store is',
      }),
      retention: retentionConfig,
      privacy: privacyConfig,
      syslog: syslogConfig,
      duckdb: Type.Object(
        {
          memory_limit_mb: Type.Integer({
            minimum: 64,
            maximum: 65_536,
            default: defaultOptions.memory_limit_mb,
            description: 'megabytes that DuckDB may take, at least 64',
          }),
          threads: Type.Integer({
            minimum: 1,
            maximum: 64,
            default: defaultOptions.threads,
            description: 'threads that DuckDB may use, 1 to 64',
          }),
        },
        { additionalProperties: false, default: {} },
      ),
      spool: Type.Object(
        {
          max_bytes: Type.Integer({
            minimum: 1024 * 1024,
            default: 1024 * 1024 * 1024,
            description: 'bytes kept while a store is away, at least 1048576',
          }),
        },
        { additionalProperties: false, default: {} },
      ),
      mqtt: Type.Object(
        {
          host: Type.String({ default: '127.0.0.1', description: hostDescription }),
          messages_per_second: Type.Integer({
            minimum: 1,
            default: 2000,
            description: 'messages a second that one client may send before it is slowed',
          }),
          connections_per_second: Type.Integer({
            minimum: 1,
            default: 200,
            description: 'new connections a second from one address: more for a school whose devices all come from one',
          }),
          bytes_per_second: Type.Integer({
            minimum: 1024,
            default: 8 * 1024 * 1024,
            description: 'bytes of messages a second that one client may send before it is slowed, at least 1024',
          }),
        },
        { additionalProperties: false, default: {} },
      ),
      http: Type.Object(
        { host: Type.String({ default: '127.0.0.1', description: hostDescription }) },
        { additionalProperties: false, default: {} },
      ),
      tls: tlsConfig,
      stamp: stampConfig,
      join: joinConfig,
      throughput: throughputConfig,
    },
    { additionalProperties: false, default: {} },
  ),
});
export type GatewayConfig = Static<typeof gatewayConfig>;

/**
 * Reads and checks the gateway's part of the configuration.
 * @throws CampusError `config_invalid`, `tls_required`
 */
export function readGatewayConfig(path: string): GatewayConfig {
  const config = checkConfig(path, readConfigFile(path), gatewayConfig);
  checkGateway(path, config);
  return config;
}

/** What a schema cannot say: store locations parse, and plain text stays on loopback. */
export function checkGateway(path: string, { gateway }: GatewayConfig): void {
  const stores = [['store', gateway.store] as const, ...gateway.mirrors.map((mirror) => ['mirrors', mirror] as const)];
  for (const [key, location] of stores) named(`${path}: gateway.${key}`, () => parseStoreLocation(location));
  const { url } = gateway.syslog;
  if (url !== undefined) named(`${path}: gateway.syslog.url`, () => parseSyslogUrl(url));
  const names = stores.map(([, location]) => consumerName(location));
  if (new Set(names).size < names.length) {
    throw new CampusError(
      'config_invalid',
      `${path}: gateway.mirrors: expected stores other than gateway.store and one another, got one again`,
    );
  }
  checkTls(path, gateway.tls);
  for (const [key, host] of [['mqtt', gateway.mqtt.host] as const, ['http', gateway.http.host] as const]) {
    if (!isLoopbackHost(host) || host.startsWith('[')) {
      throw new CampusError(
        'tls_required',
        `${path}: gateway.${key}.host: expected ${hostDescription}, got "${host}": plain text listens on loopback only`,
      );
    }
  }
}

/** What is wrong with a value is told by the key it stands at. */
function named(key: string, parse: () => void): void {
  try {
    parse();
  } catch (error) {
    const code = error instanceof CampusError ? error.code : 'config_invalid';
    throw new CampusError(code, `${key}: ${(error as Error).message}`, { cause: error });
  }
}
