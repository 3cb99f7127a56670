import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { packBlock } from '../../queue/append-block.ts';
import { LostTrack, QueueFile } from '../../queue/queue-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

afterEach(() => vi.restoreAllMocks());

const block = (sequence: number) =>
  packBlock([{ key: 's/d', body: new Uint8Array([1]), receivedAt: 1, once: { epoch: 'boot', sequence } }]);

/** A queue on a disk that fails the given statements. */
function failing(...statements: string[]): QueueFile {
  const file = new QueueFile({ path: join(temporaryDirectory(), 'queue.sqlite'), maxBytes: 1e9, consumers: [] });
  const exec = DatabaseSync.prototype.exec;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (statements.includes(sql)) throw new Error('disk I/O error');
    exec.call(this, sql);
  });
  return file;
}

describe('a queue whose commit fails', () => {
  it('takes the message when it comes again', () => {
    const file = failing('COMMIT');
    expect(() => file.append(block(1))).toThrow('disk I/O error');
    vi.restoreAllMocks();
    expect(file.append(block(1))).toEqual({ full: false, duplicates: [], lastPosition: 1 });
    file.close();
  });

  it('takes a message without a number when it comes again', () => {
    const bare = () => packBlock([{ key: 's/d', body: new Uint8Array([1]), receivedAt: 1, once: 'content' }]);
    const file = failing('COMMIT');
    expect(() => file.append(bare())).toThrow('disk I/O error');
    vi.restoreAllMocks();
    expect(file.append(bare())).toMatchObject({ duplicates: [] });
    expect(file.append(bare())).toMatchObject({ duplicates: [0] });
    file.close();
  });

  it('does not go on when it cannot take the message back, for it would acknowledge the next attempt unstored', () => {
    const file = failing('COMMIT', 'ROLLBACK');
    expect(() => file.append(block(1))).toThrow(LostTrack);
    vi.restoreAllMocks();
    file.close();
  });
});
