import { Type } from '#typebox';
import { CampusError } from '../../contract/errors.ts';
import { isLoopbackHost } from '../../runtime/loopback.ts';

/** RFC 5425 §4.1 for TLS; RFC 6587 and RFC 5426 §3.3 for the others. */
const defaultPorts = { tls: 6514, tcp: 514, udp: 514 } as const;
export type SyslogTransport = keyof typeof defaultPorts;

const urlDescription =
  'the server, written tls://HOST:PORT, or tcp://127.0.0.1:PORT or udp://127.0.0.1:PORT for a relay on this machine';

/** The syslog server that gets every row of the audit log. */
export const syslogConfig = Type.Object(
  {
    url: Type.Optional(Type.String({ description: `${urlDescription}; without it nothing is sent` })),
    ca_file: Type.Optional(
      Type.String({ description: "a PEM file with the CA of a tls:// server; the system's CAs unless told" }),
    ),
    names: Type.Boolean({
      default: false,
      description: 'true to send names of people and devices instead of pseudonyms: what was sent cannot be erased',
    }),
  },
  { additionalProperties: false, default: {} },
);

export interface SyslogTarget {
  transport: SyslogTransport;
  host: string;
  port: number;
}

/**
 * Reads `gateway.syslog.url`.
 * @throws CampusError `config_invalid`; `tls_required` for plain text to another machine
 */
export function parseSyslogUrl(given: string): SyslogTarget {
  const match = /^(tls|tcp|udp):\/\/(\[[0-9a-fA-F:.]+\]|[^/:@\s[\]]+)(?::(\d{1,5}))?\/?$/.exec(given);
  const transport = match?.[1] as SyslogTransport | undefined;
  const port = match?.[3] === undefined ? defaultPorts[transport ?? 'tls'] : Number(match[3]);
  if (match === null || transport === undefined || port < 1 || port > 65_535) {
    throw new CampusError('config_invalid', `expected ${urlDescription}, got "${given.slice(0, 80)}"`);
  }
  const host = (match[2] ?? '').replaceAll(/[[\]]/g, '');
  if (transport !== 'tls' && !isLoopbackHost(host)) {
    throw new CampusError('tls_required', `expected tls:// to another machine, got "${given.slice(0, 80)}"`);
  }
  return { transport, host, port };
}
