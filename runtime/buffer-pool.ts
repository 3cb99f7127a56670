/**
 * Bytes of a pool that Node.js cuts small buffers from; its own choice is 64 KiB. mqtt-packet 9 keeps the encoding of every packet length that it has
 * written below 16,384 (`varByteIntCache`), each cut from the pool of its moment, which it holds for good: an agent, whose batches are of a thousand
 * different lengths after some days, would come to hold 64 MB, and a gateway with a subscriber of everything up to 1 GB.
 */
export const bufferPoolBytes = {
  /** Makes few buffers, and small ones. */
  agent: 512,
  flows: 512,
  /** Makes many: a pool of 8 KiB, as Node.js had it up to version 22, serves most. */
  gateway: 8192,
} as const;

/** Has this process cut small buffers from pools of the size that serves it. */
export function useBufferPool(name: keyof typeof bufferPoolBytes): void {
  Buffer.poolSize = bufferPoolBytes[name];
}
