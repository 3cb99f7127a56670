import { decodeCellular } from '../collectors/cellular/decode.ts';
import { decodeIpOutput } from '../collectors/ipv6/decode.ts';
import { createIpv6 } from '../collectors/ipv6/ipv6.ts';
import { passiveIpv6Config } from '../collectors/ipv6/ipv6-config.ts';
import { decodeNeighbours } from '../collectors/neighbours/decode.ts';
import { createNetwork } from '../collectors/network/network.ts';
import { decodeWifiCapture } from '../collectors/wifi/decode-capture.ts';
import { decodeFile } from './decode-file.ts';
import type { Decoded } from './decoded.ts';

/** Turns a text that a collector reads, as captured somewhere, into what the agent would report. It looks at nothing else. */
export type Decoder = (text: string) => Promise<Decoded>;

/** Every decoder, by its collector. */
export const decoders: Readonly<Record<string, Decoder>> = {
  cellular: async (text) => decodeCellular(text),
  ipv6: decodeFile({
    create: createIpv6,
    config: passiveIpv6Config,
    files: [
      { path: '/proc/net/if_inet6', looksLike: /^[0-9a-f]{32} +[0-9a-f]{2} +[0-9a-f]{2} +[0-9a-f]{2} /i },
      { path: '/proc/net/ipv6_route', looksLike: /^[0-9a-f]{32} +[0-9a-f]{2} +[0-9a-f]{32} /i },
      { path: '/proc/net/snmp6', looksLike: /^Ip6InReceives\s/ },
      { path: '/proc/net/netstat', looksLike: /^(Tcp|Ip)Ext: / },
      { path: '/etc/resolv.conf', looksLike: /^\s*nameserver\s/m },
    ],
    otherwise: decodeIpOutput,
  }),
  neighbours: async (text) => decodeNeighbours(text),
  wifi: async (text) => decodeWifiCapture(text),
  network: decodeFile({
    create: createNetwork,
    config: {},
    files: [{ path: '/proc/net/dev', looksLike: /^Inter-\|/ }],
  }),
};
