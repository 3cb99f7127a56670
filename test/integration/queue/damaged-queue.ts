import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packBlock } from '../../../queue/append-block.ts';
import type { QueueMessage } from '../../../queue/message.ts';
import { QueueFile } from '../../../queue/queue-file.ts';
import { integerBetween, seededRandom } from '../../support/random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export const PAGE = 4096;
const everything = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

export interface KilledQueueOptions {
  messages: number;
  /** Messages up to this position are acknowledged. */
  acknowledged?: number;
  /** Bytes of a message's body; every tenth one is seven times as long, so that some lie on overflow pages. */
  bodyBytes?: number;
  /** Messages of one commit. */
  perCommit?: number;
  /** What is left of the process that was killed: `file` when the log was moved into the file before, `log` while much is still in it. */
  leaves?: 'file' | 'log';
}

/** The files of a queue whose process was killed, and what it had confirmed. */
export interface KilledQueue {
  path: string;
  /** Body text by position. */
  confirmed: Map<number, string>;
}

/** Fills a queue and leaves its files as a kill -9 would: taken while it is open. */
export function killedQueue(options: KilledQueueOptions): KilledQueue {
  const { messages, acknowledged = 0, bodyBytes = 300, perCommit = 25, leaves = 'log' } = options;
  const [work, left] = [temporaryDirectory(), temporaryDirectory()];
  const file = new QueueFile({ path: join(work, 'queue.sqlite'), maxBytes: 1e9, consumers: [] });
  const random = seededRandom(messages);
  const confirmed = new Map<number, string>();
  for (let position = 1; position <= messages; ) {
    const block = Array.from({ length: Math.min(perCommit, messages - position + 1) }, () => {
      const body = bodyOf(position, position % 10 === 0 ? 7 * bodyBytes : bodyBytes, random);
      const device = `school/room-${position % 7}`;
      confirmed.set(position, body);
      const once = { epoch: 'boot-one', sequence: position };
      position += 1;
      return { key: device, body: Buffer.from(body), receivedAt: 1_790_000_000_000 + position, once };
    });
    file.append(packBlock(block));
  }
  if (acknowledged > 0) file.acknowledge('default', acknowledged);
  for (let position = 1; position <= acknowledged; position++) confirmed.delete(position);
  if (leaves === 'file') file.close();
  for (const suffix of ['', '-wal']) {
    const from = join(work, `queue.sqlite${suffix}`);
    if (existsSync(from)) copyFileSync(from, join(left, `queue.sqlite${suffix}`));
  }
  if (leaves === 'log') file.close();
  return { path: join(left, 'queue.sqlite'), confirmed };
}

/** Text that occurs once: whether it is still in a file tells whether it could be saved. */
function bodyOf(position: number, bytes: number, random: () => number): string {
  let body = `message ${position}:`;
  while (body.length < bytes) body += random().toString(36).slice(2);
  return body.slice(0, bytes);
}

export interface Reopened {
  damage: QueueFile['damage'];
  messages: QueueMessage[];
  /** Of the confirmed messages, those that are not there any more. */
  missing: number[];
  /** Of the missing ones, those whose whole text still stands in the damaged files. */
  overlooked: number[];
  file: QueueFile;
}

/** Opens the queue as the next start does, and compares it with what had been confirmed. */
export function reopen({ path, confirmed }: KilledQueue): Reopened {
  const left = [path, `${path}-wal`].filter(existsSync).map((name) => readFileSync(name));
  const file = new QueueFile({ path, maxBytes: 1e9, consumers: [] });
  const messages = file.read(0, everything);
  const found = new Set(messages.map(({ position }) => position));
  const missing = [...confirmed.keys()].filter((position) => !found.has(position));
  // What does not fit on a page is cut up: only short texts can be looked for as a whole.
  const overlooked = missing.filter((position) => {
    const body = confirmed.get(position) ?? '';
    return body.length < 400 && left.some((content) => content.includes(body));
  });
  return { damage: file.damage, messages, missing, overlooked, file };
}

/** Overwrites random pages, never the first, with noise: all of each or a part. Returns how many. */
export function scribble(path: string, pages: number, seed: number): void {
  const random = seededRandom(seed);
  const content = readFileSync(path);
  for (let count = 0; count < pages; count++) {
    const page = integerBetween(random, 1, Math.floor(content.length / PAGE) - 1);
    const from = random() < 0.5 ? 0 : integerBetween(random, 0, PAGE - 200);
    const to = random() < 0.5 ? PAGE : from + 200;
    for (let at = from; at < to; at++) content[page * PAGE + at] = integerBetween(random, 0, 255);
  }
  writeFileSync(path, content);
}

/** Overwrites bytes of a file with 0xa5. */
export function overwrite(path: string, from: number, bytes: number): void {
  const content = readFileSync(path);
  content.fill(0xa5, from, from + bytes);
  writeFileSync(path, content);
}

export function cutTo(path: string, bytes: number): void {
  truncateSync(path, bytes);
}
