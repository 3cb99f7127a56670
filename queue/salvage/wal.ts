/**
 * SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat): a header, then one frame per page written, each with a
 * checksum that continues the one before. SQLite takes what comes up to the first frame that does not fit for all there is, and says
 * nothing about what follows: here it is told apart whether that is a commit that a power cut tore, or damage to what had been committed.
 */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The checksums are of words in this machine's order or the other: the last bit of the magic number tells. */
const MAGIC = 0x377f0682;
/** SQLite's own page size, which the queue's files have: for those whose header does not tell. */
export const DEFAULT_PAGE_SIZE = 4096;

export interface Frame {
  page: number;
  /** Offset of the page's content in the log. */
  offset: number;
  /** It is of the log's present round and as it was written: together these frames are what the database has beyond its file. */
  current: boolean;
}

export interface WalContent {
  pageSize: number;
  /** The images of pages that the log holds, oldest first: also those of earlier rounds, and those that were overwritten in part. */
  frames: Frame[];
  /** True when a part that had been committed cannot be read: SQLite would silently begin before it. */
  damaged: boolean;
}

/** One place of the log. */
interface Slot {
  page: number;
  offset: number;
  /** Which round of the log this was written in. */
  salts: bigint;
  /** The checksum fits the content and what the slot before says of itself. */
  fits: boolean;
  commits: boolean;
}

interface Layout {
  headerSound: boolean;
  pageSize: number;
  littleEndian: boolean;
  /** The present round. */
  salts: bigint;
}

/**
 * Reads a write-ahead log; undefined when it holds nothing that was ever committed.
 * @param fallbackPageSize of the database, for a log whose header is damaged
 */
export function readWal(wal: Buffer, fallbackPageSize = DEFAULT_PAGE_SIZE): WalContent | undefined {
  if (wal.length < HEADER_BYTES) return undefined;
  const layout = readHeader(wal, fallbackPageSize);
  const slots = readSlots(wal, layout);
  const isSound = ({ salts, fits }: Slot): boolean => salts === layout.salts && fits;
  const bad = slots.findIndex((slot) => !isSound(slot));
  const damaged = !layout.headerSound || isDamaged(slots.slice(bad === -1 ? slots.length : bad), isSound);
  const reliable = damaged || bad === -1 ? slots : slots.slice(0, bad);
  const end = 1 + reliable.findLastIndex((slot) => slot.commits && isSound(slot));
  if (end === 0) return undefined;
  const round = slots.slice(0, end).map((slot) => ({ ...slot, current: isSound(slot) }));
  const earlier = earlierRounds(slots.slice(end), layout.salts).map((slot) => ({ ...slot, current: false }));
  const frames = [...earlier, ...round].map(({ page, offset, current }) => ({ page, offset, current }));
  return { pageSize: layout.pageSize, frames, damaged };
}

function readHeader(wal: Buffer, fallbackPageSize: number): Layout {
  const magic = wal.readUInt32BE(0);
  const littleEndian = magic !== MAGIC + 1;
  const headerSound =
    [MAGIC, MAGIC + 1].includes(magic) && sameSum(checksum(wal.subarray(0, 24), [0, 0], littleEndian), sumAt(wal, 24));
  if (headerSound) return { headerSound, pageSize: wal.readUInt32BE(8), littleEndian, salts: wal.readBigUInt64BE(16) };
  // Without the header they are what the first two neighbours have in common.
  const size = FRAME_HEADER_BYTES + fallbackPageSize;
  let at = HEADER_BYTES;
  const saltsAt = (slot: number): bigint => (slot + 16 <= wal.length ? wal.readBigUInt64BE(slot + 8) : 0n);
  while (at + 2 * size <= wal.length && saltsAt(at) !== saltsAt(at + size)) at += size;
  return { headerSound, pageSize: fallbackPageSize, littleEndian: true, salts: saltsAt(at) };
}

function readSlots(wal: Buffer, { headerSound, pageSize, littleEndian }: Layout): Slot[] {
  const size = FRAME_HEADER_BYTES + pageSize;
  const slots: Slot[] = [];
  let before = headerSound ? sumAt(wal, 24) : undefined;
  for (let at = HEADER_BYTES; at + size <= wal.length; at += size) {
    const header = wal.subarray(at, at + FRAME_HEADER_BYTES);
    const content = wal.subarray(at + FRAME_HEADER_BYTES, at + size);
    const page = header.readUInt32BE(0);
    const sum = sumAt(header, 16);
    const of =
      before === undefined
        ? sum
        : checksum(content, checksum(header.subarray(0, 8), before, littleEndian), littleEndian);
    slots.push({
      page,
      offset: at + FRAME_HEADER_BYTES,
      salts: header.readBigUInt64BE(8),
      fits: page > 0 && sameSum(of, sum),
      commits: header.readUInt32BE(4) > 0,
    });
    before = sum;
  }
  return slots;
}

/**
 * Commits are made safe one after the other: one that a power cut tore is the last. So where a bad slot is followed by the ends of
 * two commits, the first of them at least had been safe.
 */
function isDamaged(fromBad: readonly Slot[], isSound: (slot: Slot) => boolean): boolean {
  return fromBad.filter((slot) => slot.commits && isSound(slot)).length >= 2;
}

/** What earlier rounds have left behind the present one, each up to its last commit. It is in the database's file, unless that is damaged. */
function earlierRounds(slots: readonly Slot[], present: bigint): Slot[] {
  const earlier: Slot[] = [];
  let round: Slot[] = [];
  const close = (): void => {
    earlier.unshift(...round.slice(0, 1 + round.findLastIndex(({ commits }) => commits)));
    round = [];
  };
  for (const slot of slots) {
    if (round.length > 0 && slot.salts !== round[0]?.salts) close();
    if (slot.fits && slot.salts !== present) round.push(slot);
  }
  close();
  return earlier;
}

function sumAt(bytes: Buffer, offset: number): [number, number] {
  return [bytes.readUInt32BE(offset), bytes.readUInt32BE(offset + 4)];
}

/** The format's two running sums over pairs of 32-bit words, beginning with those of the frame before. */
function checksum(bytes: Buffer, [first, second]: [number, number], littleEndian: boolean): [number, number] {
  let s0 = first;
  let s1 = second;
  for (let at = 0; at < bytes.length; at += 8) {
    s0 = (s0 + (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) + s1) >>> 0;
    s1 = (s1 + (littleEndian ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4)) + s0) >>> 0;
  }
  return [s0, s1];
}

function sameSum(one: [number, number], other: [number, number]): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
