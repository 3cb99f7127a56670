/** A message as it is read back, in the order of `position`, which grows without reuse. */
export interface QueueMessage {
  position: number;
  /** Who the message is from; opaque to the queue. */
  key: string;
  body: Uint8Array;
  /** Milliseconds since 1970, as given at `append`. */
  receivedAt: number;
}

export interface AppendInput {
  key: string;
  body: Uint8Array;
  receivedAt: number;
  /** With it, a message of the same key, epoch and sequence is stored once however often it comes. */
  once?: { epoch: string; sequence: number };
}

export type AppendOutcome = 'stored' | 'duplicate';

export interface ReadLimit {
  messages: number;
  bytes: number;
}

export interface QueueStats {
  messages: number;
  /** Bytes of keys and bodies waiting. */
  bytes: number;
  /** Position of the oldest message waiting; one past the last when empty. */
  firstPosition: number;
  lastPosition: number;
}
