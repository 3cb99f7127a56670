import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { addressBlock, isLoopback } from './network-address.ts';

export interface LobbyLimits {
  /** Connections of one address that have not shown who they are. */
  perAddress: number;
  /** Such connections of all addresses. */
  total: number;
}

/**
 * Where connections wait that have not shown who they are. When it is full, the one that has waited longest has to go: whoever has a right to come
 * in needs a moment only, whoever just holds a place loses it. Refusing the newest instead would let a thousand idle connections lock everybody out.
 */
export class Lobby {
  readonly #limits: LobbyLimits;
  readonly #all = new Map<Duplex, { block: string; address: string }>();
  readonly #byAddress = new Map<string, Set<Duplex>>();
  readonly #sentAway: (address: string) => void;

  /** @param sentAway told of the address of each connection that had to go */
  constructor(limits: LobbyLimits, sentAway: (address: string) => void) {
    this.#limits = limits;
    this.#sentAway = sentAway;
  }

  get size(): number {
    return this.#all.size;
  }

  /** A connection has come, or has again nothing to show. Sockets that are gone leave by themselves. */
  enter(socket: Duplex, address: string): void {
    const block = addressBlock(address);
    if (!this.#all.has(socket)) socket.once('close', () => this.leave(socket));
    this.leave(socket);
    const sockets = this.#byAddress.get(block) ?? new Set();
    this.#byAddress.set(block, sockets.add(socket));
    this.#all.set(socket, { block, address });
    // Behind a tunnel or a proxy everybody comes from this machine: its bound is that of all.
    const bound = isLoopback(address) ? this.#limits.total : this.#limits.perAddress;
    if (sockets.size > bound) this.#sendAway(sockets.values().next().value);
    else if (this.#all.size > this.#limits.total) this.#sendAway(this.#all.keys().next().value);
  }

  /** A connection has shown who it is, or is gone. */
  leave(socket: Duplex): void {
    const { block } = this.#all.get(socket) ?? {};
    if (block === undefined) return;
    this.#all.delete(socket);
    const sockets = this.#byAddress.get(block);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byAddress.delete(block);
  }

  #sendAway(oldest: Duplex | undefined): void {
    if (oldest === undefined) return;
    const { address = '' } = this.#all.get(oldest) ?? {};
    this.leave(oldest);
    cutOff(oldest);
    this.#sentAway(address);
  }
}

/** Ends a connection without a word: one in clear is reset, so that nothing of it waits in the kernel. */
export function cutOff(connection: Duplex): void {
  if (connection instanceof Socket && !(connection instanceof TLSSocket)) connection.resetAndDestroy();
  else connection.destroy();
}
