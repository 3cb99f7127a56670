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
  /**
   * With an epoch and a sequence, a message of the same key that has both is stored once however often it comes. With `content`, one of the
   * same bytes is while it is among the last of its key.
   */
  once?: { epoch: string; sequence: number } | 'content';
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
