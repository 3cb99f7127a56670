import type { AppendInput } from './message.ts';

/** Messages on their way to the worker: one buffer that is moved, not copied, and plain arrays beside it. */
export interface AppendBlock {
  body: Uint8Array<ArrayBuffer>;
  lengths: number[];
  keys: string[];
  receivedAt: number[];
  epochs: string[];
  /** 0 for a message that is not to be told apart from others. */
  sequences: number[];
}

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
    block.epochs.push(input.once?.epoch ?? '');
    block.sequences.push(input.once?.sequence ?? 0);
  }
  return block;
}
