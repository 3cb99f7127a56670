import type { Duplex } from 'node:stream';
import { AddressRates } from '../access/address-rates.ts';
import { cutOff, Lobby } from '../access/lobby.ts';
import { brokerLimits } from './limits.ts';

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
  readonly #refused: DoorOptions['refused'];
  readonly #lobby: Lobby;
  readonly #rates: AddressRates;

  constructor({ refused, connectsPerSecond, now }: DoorOptions) {
    this.#refused = refused;
    this.#lobby = new Lobby(brokerLimits.lobby, (address) =>
      refused(address, 'expected CONNECT, got more connections that send none than may wait: the oldest had to go'),
    );
    const { connectsFromHere, connectsPerAddress } = brokerLimits;
    const perSecond = connectsPerSecond ?? connectsPerAddress.perSecond;
    const rate = { perSecond, burst: Math.max(connectsPerAddress.burst, perSecond) };
    this.#rates = new AddressRates({ rate, fromHere: connectsFromHere, now });
  }

  /** Takes a new connection in, which may have a TLS handshake before it. @returns false for one too many, which is closed */
  admit(connection: Duplex, address: string): boolean {
    if (!this.#rates.tryTake(address)) {
      cutOff(connection);
      const { perSecond } = this.#rates.rateOf(address);
      this.#refused(address, `expected at most ${perSecond} connections a second from one address, got more`);
      return false;
    }
    this.#lobby.enter(connection, address);
    return true;
  }

  /** The TLS handshake of a connection is done: from now on `secured` waits in its place. */
  handOver(connection: Duplex, secured: Duplex, address: string): void {
    this.#lobby.leave(connection);
    this.#lobby.enter(secured, address);
  }

  /** The connection has shown who it is. */
  proved(connection: Duplex): void {
    this.#lobby.leave(connection);
  }
}
