import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { writeToStream } from 'mqtt-packet';
import { expect, onTestFinished, test } from 'vitest';
import { useBufferPool } from '../../runtime/buffer-pool.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function heldBytes(): Promise<number> {
  // Memory outside of V8's heap is given back beside the collection, and after it.
  for (let round = 0; round < 3; round++) {
    await turn();
    collectGarbage();
  }
  return process.memoryUsage().arrayBuffers;
}

test('packets of a thousand lengths hold no more than themselves of what an agent has in its memory', async () => {
  const { poolSize } = Buffer;
  onTestFinished(() => {
    Buffer.poolSize = poolSize;
  });
  useBufferPool('agent');
  // The pool that is under way is of the former size.
  Buffer.allocUnsafe(100);
  const before = await heldBytes();
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  for (let length = 0; length < 1000; length++) {
    // What a process does between two packets: it uses up a pool.
    for (let used = 0; used < poolSize; used += 200) Buffer.allocUnsafe(200);
    const payload = Buffer.allocUnsafeSlow(length);
    writeToStream({ cmd: 'publish', topic: 'topic', payload, qos: 0, dup: false, retain: false }, sink);
  }
  expect((await heldBytes()) - before).toBeLessThan(4 * 1024 * 1024);
});
