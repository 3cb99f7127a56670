import type { Duplex } from 'node:stream';
import { cutOff, Lobby } from '../access/lobby.ts';
import { addressBlock, isLoopback } from '../access/network-address.ts';
import { brokerLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Addresses whose rate is remembered; the one that was heard longest ago is forgotten first. */
const ADDRESSES_MAX = 10_000;

export interface DoorOptions {
  /** A connection was refused, or sent away before it had shown who it is. */
  refused: (address: string, detail: string) => void;
  /** New connections a second from one address; as limits.ts has it unless told. */
  connectsPerSecond: number | undefined;
  /** Monotonic, ms. */
  now: () => number;
}

/** Bounds the connections that come from one address and have not shown who they are, in number and in rate. */
export class Door {
  readonly #options: DoorOptions;
  readonly #lobby: Lobby;
  readonly #rates = new Map<string, TokenBucket>();

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#lobby = new Lobby(brokerLimits.lobby, (address) =>
      options.refused(
        address,
        'expected CONNECT, got more connections that send none than may wait: the oldest had to go',
      ),
    );
  }

  /** Takes a new connection in. @returns false for one too many, which is closed */
  admit(connection: Duplex, address: string): boolean {
    const now = this.#options.now();
    if (!this.#rateOf(address, now).tryTake(now)) {
      cutOff(connection);
      const { perSecond } = this.#rateLimit(address);
      this.#options.refused(address, `expected at most ${perSecond} connections a second from one address, got more`);
      return false;
    }
    this.#lobby.enter(connection, address);
    return true;
  }

  /** The connection has shown who it is. */
  proved(connection: Duplex): void {
    this.#lobby.leave(connection);
  }

  #rateOf(address: string, now: number): TokenBucket {
    const block = addressBlock(address);
    const { perSecond, burst } = this.#rateLimit(address);
    const bucket = this.#rates.get(block) ?? new TokenBucket(perSecond, burst, now);
    this.#rates.delete(block);
    this.#rates.set(block, bucket);
    if (this.#rates.size > ADDRESSES_MAX) this.#rates.delete(this.#rates.keys().next().value ?? block);
    return bucket;
  }

  #rateLimit(address: string): { perSecond: number; burst: number } {
    const { connectsFromHere, connectsPerAddress } = brokerLimits;
    if (isLoopback(address)) return connectsFromHere;
    const perSecond = this.#options.connectsPerSecond ?? connectsPerAddress.perSecond;
    return { perSecond, burst: Math.max(connectsPerAddress.burst, perSecond) };
  }
}
