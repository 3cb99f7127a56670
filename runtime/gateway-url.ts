import { Type } from '#typebox';
import { CampusError } from '../contract/errors.ts';
import { isLoopbackHost } from './loopback.ts';

const expected = 'mqtts://host[:port], or mqtt://127.0.0.1[:port] on the gateway itself';

/** Where the gateway is, as the agent and the flows are told in campus-edge.yaml. */
export const gatewayUrlConfig = Type.String({
  pattern: '^mqtts?://[^/?#@\\s]+/?$',
  description: expected,
});

/**
 * What the schema cannot say of a gateway's URL: host and port are such, and no password crosses a network in clear.
 * @param key the key's path in the file
 * @throws CampusError `config_invalid`, `tls_required`
 */
export function checkGatewayUrl(file: string, key: string, url: string | undefined): void {
  if (url === undefined) return;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '' || parsed.port === '0') {
    throw new CampusError('config_invalid', `${file}: ${key}: expected ${expected}, got "${url}"`);
  }
  const { protocol, hostname } = parsed;
  if (protocol === 'mqtt:' && !isLoopbackHost(hostname)) {
    throw new CampusError(
      'tls_required',
      `${file}: ${key}: expected mqtts:// for ${hostname}, got "${url}": plain mqtt:// would send the password in clear`,
    );
  }
}
