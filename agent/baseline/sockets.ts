import { parseFailure, parseHex } from '../parse-failure.ts';
import type { AddressFamily } from './check.ts';

export type Transport = 'tcp' | 'udp';

export interface ListeningSocket {
  port: number;
  /** Reachable from this machine alone. */
  loopback: boolean;
}

/** States of include/net/tcp_states.h: a listening TCP socket, and a UDP socket that is connected to nobody (TCP_CLOSE). */
const LISTENING: Readonly<Record<Transport, number>> = { tcp: 0x0a, udp: 0x07 };

/** How an address of this machine alone begins in the kernel's order of bytes, little-endian in words of 32 bits. */
const V4_LOOPBACK = /7F$/;
const V6_LOOPBACK = /^(00000000000000000000000001000000|0000000000000000FFFF0000[0-9A-F]{6}7F)$/;

/**
 * Parses /proc/net/tcp, tcp6, udp and udp6 (Documentation/networking/proc_net_tcp.rst): the local address and port are the second column,
 * the state is the fourth; all hexadecimal.
 *
 *      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *       0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 24551
 *
 * @returns what listens, each port and reach once
 * @throws CampusError `parse_failed`
 */
export function parseListening(text: string, transport: Transport, family: AddressFamily): ListeningSocket[] {
  const source = `/proc/net/${transport}${family === 'ipv6' ? '6' : ''}`;
  const found = new Map<string, ListeningSocket>();
  for (const [index, line] of text.split('\n').entries()) {
    if (index === 0 || line.trim() === '') continue;
    const place = { source, line: index + 1 };
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', portText] = local.split(':');
    if (!(family === 'ipv6' ? /^[0-9A-F]{32}$/i : /^[0-9A-F]{8}$/i).test(address))
      throw parseFailure(place, 'a local address in hexadecimal', local);
    const port = parseHex(portText, place, 'local port');
    if (parseHex(state, place, 'state') !== LISTENING[transport]) continue;
    const loopback = (family === 'ipv6' ? V6_LOOPBACK : V4_LOOPBACK).test(address.toUpperCase());
    found.set(`${port}/${loopback}`, { port, loopback });
  }
  return [...found.values()].sort((one, other) => one.port - other.port);
}
