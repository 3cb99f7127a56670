import type { Duplex } from 'node:stream';

/** Connections that are ended in one turn of the event loop: some milliseconds' work. */
const A_TURN = 64;

/**
 * Ends the connections that their clients have ended, a few in each turn. When a switch fails, or somebody lets go of thousands, Node.js by itself would
 * deal with all of them, the better part of a second, before it reads what anybody else has sent.
 */
export class Endings {
  readonly #waiting: (() => void)[] = [];

  /** Has a connection's end, which Node.js tells by `push(null)`, or by `destroy` where it was reset, wait for its turn. */
  watch(socket: Duplex): void {
    const push = socket.push.bind(socket);
    const destroy = socket.destroy.bind(socket);
    let waits = false;
    const endLater = (end: () => void): void => {
      if (waits) return;
      waits = true;
      this.#put(() => {
        waits = false;
        end();
      });
    };
    socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk !== null) return push(chunk, encoding);
      endLater(() => void push(null));
      return false;
    };
    socket.destroy = (error?: Error): Duplex => {
      // What the gateway itself ends is ended at once, whether or not it waits for its turn.
      if (!isReset(error)) return destroy(error);
      endLater(() => void destroy(error));
      return socket;
    };
  }

  #put(end: () => void): void {
    this.#waiting.push(end);
    if (this.#waiting.length === 1) setImmediate(() => this.#endSome());
  }

  #endSome(): void {
    for (const end of this.#waiting.splice(0, A_TURN)) end();
    if (this.#waiting.length > 0) setImmediate(() => this.#endSome());
  }
}

function isReset(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ECONNRESET';
}
