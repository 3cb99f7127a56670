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
  /** The checksum fits this frame and what the frame before says of itself. */
  sound: boolean;
}

export interface WalContent {
  pageSize: number;
  /** The pages committed, oldest first, in a damaged log also those behind the damaged part, and the damaged ones themselves. */
  frames: Frame[];
  /** True when a part that had been committed cannot be read: SQLite would silently begin before it. */
  damaged: boolean;
}

interface ReadFrame extends Frame {
  commits: boolean;
}

/**
 * Reads a write-ahead log; undefined when it holds nothing that was ever committed.
 * @param fallbackPageSize of the database, for a log whose header is damaged
 */
export function readWal(wal: Buffer, fallbackPageSize = DEFAULT_PAGE_SIZE): WalContent | undefined {
  if (wal.length < HEADER_BYTES) return undefined;
  const layout = readHeader(wal, fallbackPageSize);
  const all = readFrames(wal, layout);
  const bad = all.findIndex(({ sound }) => !sound);
  const damaged = !layout.headerSound || isDamaged(all, bad);
  const reliable = damaged || bad === -1 ? all : all.slice(0, bad);
  const lastCommit = reliable.findLastIndex(({ commits }) => commits);
  if (lastCommit === -1) return undefined;
  return { pageSize: layout.pageSize, frames: reliable.slice(0, lastCommit + 1), damaged };
}

interface Layout {
  headerSound: boolean;
  pageSize: number;
  littleEndian: boolean;
  /** Which round of the log its frames belong to; those of earlier rounds may follow. */
  salts: Buffer;
}

function readHeader(wal: Buffer, fallbackPageSize: number): Layout {
  const magic = wal.readUInt32BE(0);
  const littleEndian = magic !== MAGIC + 1;
  const headerSound =
    [MAGIC, MAGIC + 1].includes(magic) && sameSum(checksum(wal.subarray(0, 24), [0, 0], littleEndian), sumAt(wal, 24));
  if (headerSound) return { headerSound, pageSize: wal.readUInt32BE(8), littleEndian, salts: wal.subarray(16, 24) };
  // Without the header they are what the first two neighbours have in common.
  const size = FRAME_HEADER_BYTES + fallbackPageSize;
  let at = HEADER_BYTES;
  const saltsAt = (frame: number): Buffer => wal.subarray(frame + 8, frame + 16);
  while (at + 2 * size <= wal.length && !saltsAt(at).equals(saltsAt(at + size))) at += size;
  return { headerSound, pageSize: fallbackPageSize, littleEndian: true, salts: saltsAt(at) };
}

function readFrames(wal: Buffer, { headerSound, pageSize, littleEndian, salts }: Layout): ReadFrame[] {
  const size = FRAME_HEADER_BYTES + pageSize;
  const frames: ReadFrame[] = [];
  let before = headerSound ? sumAt(wal, 24) : undefined;
  for (let at = HEADER_BYTES; at + size <= wal.length; at += size) {
    const header = wal.subarray(at, at + FRAME_HEADER_BYTES);
    const page = header.readUInt32BE(0);
    const sum = sumAt(header, 16);
    let sound = page > 0 && header.subarray(8, 16).equals(salts);
    if (sound && before !== undefined) {
      const ofHeader = checksum(header.subarray(0, 8), before, littleEndian);
      sound = sameSum(checksum(wal.subarray(at + FRAME_HEADER_BYTES, at + size), ofHeader, littleEndian), sum);
    }
    frames.push({ page, offset: at + FRAME_HEADER_BYTES, sound, commits: sound && header.readUInt32BE(4) > 0 });
    before = sum;
  }
  return frames;
}

/**
 * Commits are made safe one after the other: one that a power cut tore is the last. So where a bad frame is followed by the ends of
 * two commits, the first of them at least had been safe.
 */
function isDamaged(frames: readonly ReadFrame[], bad: number): boolean {
  return bad !== -1 && frames.slice(bad).filter(({ commits }) => commits).length >= 2;
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
