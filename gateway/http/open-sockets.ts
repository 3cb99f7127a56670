import type { Socket } from 'node:net';

/** How soon a person who may no longer be here is disconnected, ms. */
const CHECK_MS = 2000;
/** Editors that are open at once: a school has a few administrators, each with some tabs. */
const SOCKETS_MAX = 32;

/** Connections that last longer than a request: ended when who opened them signs out, or loses the role. */
export class OpenSockets {
  readonly #sockets = new Map<Socket, () => boolean>();
  #timer: NodeJS.Timeout | undefined;

  /** @param mayStay asked again and again while the socket is open */
  add(socket: Socket, mayStay: () => boolean): void {
    const [oldest] = this.#sockets.keys();
    if (this.#sockets.size >= SOCKETS_MAX) oldest?.destroy();
    this.#sockets.set(socket, mayStay);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#stop();
    });
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
  }

  /** Ends them all. */
  close(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
    this.#stop();
  }

  #check(): void {
    for (const [socket, mayStay] of this.#sockets) if (!mayStay()) socket.destroy();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
