import { isIP } from 'node:net';
import type { PathMethod } from '../../../contract/measurements/path.ts';

/** A configured server at the end of a path. */
export interface PathServer {
  method: PathMethod;
  /** A name, or an address without brackets. */
  host: string;
  /** 0 for `icmp`, which has none. */
  port: number;
}

/** RFC 8762 §4.1. */
const STAMP_PORT = 862;

/** Servers asked in a cycle; each has two families. */
export const SERVERS_MAX = 4;

/** What `parsePathServer` takes, in words. */
export const serverForms = 'stamp://HOST, stamp://HOST:PORT, icmp://HOST or tcp://HOST:PORT';

/**
 * Parses a server:
 *
 *     stamp://lesson.example.edu.cn
 *     tcp://[2001:db8::7]:443
 *     icmp://192.0.2.7
 *
 * @returns undefined when it is none
 */
export function parsePathServer(text: string): PathServer | undefined {
  const match = /^(stamp|icmp|tcp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]{1,253}))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [, scheme, bracketed, plain, digits] = match;
  const method = scheme as PathMethod;
  const host = bracketed ?? plain ?? '';
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  if (plain !== undefined && isIP(plain) === 0 && !/[a-zA-Z]/.test(plain)) return undefined;
  if (method === 'icmp') return digits === undefined ? { method, host, port: 0 } : undefined;
  if (digits === undefined) return method === 'stamp' ? { method, host, port: STAMP_PORT } : undefined;
  const port = Number(digits);
  return port < 1 || port > 65_535 ? undefined : { method, host, port };
}
