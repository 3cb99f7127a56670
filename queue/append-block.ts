import type { AppendInput } from './message.ts';

/** Messages on their way to the worker: one buffer that is moved, not copied, and plain arrays beside it. */
export interface AppendBlock {
  body: Uint8Array<ArrayBuffer>;
  lengths: number[];
  keys: string[];
  receivedAt: number[];
  epochs: string[];
  /** `PLAIN` for a message that is not to be told apart from others, `BY_CONTENT` for one that its contents tell apart. */
  sequences: number[];
}

export const PLAIN = 0;
export const BY_CONTENT = -1;

/** Packs messages into one block. A payload may be a small window on a large socket buffer: only its own bytes are copied. */
export function packBlock(inputs: readonly AppendInput[]): AppendBlock {
  const total = inputs.reduce((sum, input) => sum + input.body.byteLength, 0);
  const block: AppendBlock = {
    body: new Uint8Array(total),
    lengths: [],
    keys: [],
    receivedAt: [],
    epochs: [],
    sequences: [],
  };
  let offset = 0;
  for (const input of inputs) {
    block.body.set(input.body, offset);
    offset += input.body.byteLength;
    block.lengths.push(input.body.byteLength);
    block.keys.push(input.key);
    block.receivedAt.push(input.receivedAt);
    const { once } = input;
    block.epochs.push(typeof once === 'object' ? once.epoch : '');
    block.sequences.push(typeof once === 'object' ? once.sequence : once === 'content' ? BY_CONTENT : PLAIN);
  }
  return block;
}
