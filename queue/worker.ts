import { parentPort, workerData } from 'node:worker_threads';
import type { AppendBlock } from './append-block.ts';
import { type Damage, isDamage, markSuspect } from './damage.ts';
import type { ReadLimit } from './message.ts';
import { LostTrack, QueueFile, type QueueFileOptions } from './queue-file.ts';

/** The queue's thread: every fsync happens here and nowhere else. One request at a time, answered in order. */

export type QueueRequest =
  | { op: 'append'; block: AppendBlock }
  | { op: 'read'; after: number; limit: ReadLimit }
  | { op: 'acknowledge'; consumer: string; upTo: number }
  | { op: 'forget'; key: string }
  | { op: 'stats' }
  | { op: 'close' };

export type QueueReply = { ok: true; value: unknown } | { ok: false; message: string };

/** The first answer, once the file is open. */
export interface QueueOpened {
  damage: Damage | undefined;
}

const port = parentPort;
if (port === null) throw new Error('queue/worker.ts runs as a worker thread only');

const options = workerData as QueueFileOptions;
const file = new QueueFile(options);
port.postMessage({ ok: true, value: { damage: file.damage } satisfies QueueOpened } satisfies QueueReply);

port.on('message', (request: QueueRequest) => {
  try {
    port.postMessage({ ok: true, value: answer(request) } satisfies QueueReply);
  } catch (error) {
    if (isDamage(error)) {
      // No later request would fare better: opened anew, the queue saves what can be read and goes on.
      markSuspect(options.path);
      throw error;
    }
    if (error instanceof LostTrack) throw error;
    port.postMessage({ ok: false, message: (error as Error).message } satisfies QueueReply);
  }
  if (request.op === 'close') port.close();
});

function answer(request: QueueRequest): unknown {
  switch (request.op) {
    case 'append':
      return file.append(request.block);
    case 'read':
      return file.read(request.after, request.limit);
    case 'acknowledge':
      return file.acknowledge(request.consumer, request.upTo);
    case 'forget':
      return file.forget(request.key);
    case 'stats':
      return file.stats();
    case 'close':
      return file.close();
  }
}
