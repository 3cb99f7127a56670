import { isIPv4 } from 'node:net';

/** True for a host that is this very machine: what is said to it in clear crosses no network. An IPv6 address may stand in brackets. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIPv4(host) && host.startsWith('127.');
}
