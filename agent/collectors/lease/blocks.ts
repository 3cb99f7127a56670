import { parseFailure } from '../../parse-failure.ts';

/** Deeper than dhclient nests them, and no stack to overflow. */
const DEPTH_MAX = 8;

/** A block of ISC's syntax: what stands before the brace, its statements, and the blocks in it. */
export interface Block {
  head: string;
  /** Each without its semicolon, split at its first space; `option` and its name are one word of two. */
  statements: ReadonlyMap<string, string>;
  blocks: readonly Block[];
}

interface OpenBlock {
  head: string;
  statements: Map<string, string>;
  blocks: Block[];
}

/**
 * Parses the blocks of a file of ISC DHCP (dhcpd.leases(5), dhclient.leases(5)), one statement or brace a line:
 *
 *     lease {
 *       interface "eth0";
 *       option routers 192.168.1.1;
 *     }
 *
 * @throws CampusError `parse_failed`
 */
export function parseBlocks(text: string, source: string): Block[] {
  const root: OpenBlock = { head: '', statements: new Map(), blocks: [] };
  const open = [root];
  const lines = text.split('\n');
  lines.forEach((raw, index) => {
    const line = raw.trim();
    const place = { source, line: index + 1 };
    const current = open.at(-1) ?? root;
    if (line === '' || line.startsWith('#')) return;
    if (line.endsWith('{')) {
      if (open.length > DEPTH_MAX) throw parseFailure(place, `at most ${DEPTH_MAX} braces in one another`, line);
      const block = { head: line.slice(0, -1).trim(), statements: new Map<string, string>(), blocks: [] };
      current.blocks.push(block);
      open.push(block);
    } else if (line === '}') {
      if (open.length === 1) throw parseFailure(place, 'a block to end', line);
      open.pop();
    } else if (line.endsWith(';')) {
      const [, key = '', value = ''] = /^((?:option )?\S+) ?(.*)$/.exec(line.slice(0, -1)) ?? [];
      current.statements.set(key, value);
    } else throw parseFailure(place, 'a statement that ends with ; or a brace', line);
  });
  if (open.length > 1) throw parseFailure({ source, line: lines.length }, 'the end of a block', undefined);
  return root.blocks;
}
