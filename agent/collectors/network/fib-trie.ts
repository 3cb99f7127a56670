import { isIPv4 } from 'node:net';
import { parseFailure } from '../../parse-failure.ts';

/**
 * Parses the machine's own IPv4 addresses out of /proc/net/fib_trie (net/ipv4/fib_trie.c, fib_trie_seq_show): those with a host route of type LOCAL.
 *
 *     Main:
 *       +-- 192.168.1.0/24 2 0 2
 *          |-- 192.168.1.0
 *             /24 link UNICAST
 *          |-- 192.168.1.20
 *             /32 host LOCAL
 *
 * @returns each once, without those of the loopback
 * @throws CampusError `parse_failed`
 */
export function parseOwnIpv4Addresses(trie: string): string[] {
  const found = new Set<string>();
  let leaf: string | undefined;
  trie.split('\n').forEach((line, index) => {
    const address = /^\s*\|-- (.*)$/.exec(line)?.[1];
    if (address !== undefined) {
      if (!isIPv4(address))
        throw parseFailure({ source: '/proc/net/fib_trie', line: index + 1 }, 'an address', address);
      leaf = address;
    } else if (leaf !== undefined && /^\s*\/32 host LOCAL\s*$/.test(line) && !leaf.startsWith('127.')) found.add(leaf);
  });
  return [...found];
}
