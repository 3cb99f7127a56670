import { parseCount, parseFailure } from '../../parse-failure.ts';

/** Counters of one interface since it was made. */
export interface InterfaceCounters {
  name: string;
  rxBytes: number;
  rxPackets: number;
  rxErrors: number;
  rxDropped: number;
  multicast: number;
  txBytes: number;
  txPackets: number;
  txErrors: number;
  txDropped: number;
  collisions: number;
}

/** Eight columns received and eight sent. */
const COLUMNS = 16;

/**
 * Parses /proc/net/dev (Documentation/filesystems/proc.rst §1.4, net/core/net-procfs.c):
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
 *         lo:   13222     152    0    0    0     0          0         0    13222     152    0    0    0     0       0          0
 *      ens33: 60600053  109378    1    2    3     4          5         6 44256546  121425    7    8    9    10      11         12
 *
 * A name may hold anything but white space and `/`; old kernels leave no space after the colon.
 * @throws CampusError `parse_failed`
 */
export function parseNetDev(text: string): InterfaceCounters[] {
  const source = '/proc/net/dev';
  const [first, second, ...lines] = text.split('\n');
  if (!first?.includes('|') || !second?.includes('|bytes')) {
    throw parseFailure({ source, line: 1 }, 'two lines of headings', first);
  }
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = { source, line: index + 3 };
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    if (name === '' || columns.length !== COLUMNS) {
      throw parseFailure(place, `a name, a colon and ${COLUMNS} counters`, line);
    }
    const count = (column: number): number => parseCount(columns[column], place, `counter ${column + 1}`);
    return [
      {
        name,
        rxBytes: count(0),
        rxPackets: count(1),
        rxErrors: count(2),
        rxDropped: count(3),
        multicast: count(7),
        txBytes: count(8),
        txPackets: count(9),
        txErrors: count(10),
        txDropped: count(11),
        collisions: count(13),
      },
    ];
  });
}
