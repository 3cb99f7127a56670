import type { Client } from 'aedes';
import { brokerLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

interface Account {
  clients: Set<Client>;
  connects: TokenBucket;
}

/** Accounts remembered that nobody is connected by; the one that was heard longest ago is forgotten first. */
const IDLE_ACCOUNTS_MAX = 20_000;

/** The connections of each account: of one that has too many, the oldest is taken for dead. Times are monotonic ms. */
export class AccountConnections {
  readonly #accounts = new Map<string, Account>();

  /** Counts a log-in. @returns false when the account logs in too often */
  mayConnect(username: string, now: number): boolean {
    const { perSecond, burst } = brokerLimits.connectsPerAccount;
    const known = this.#accounts.get(username);
    const account = known ?? { clients: new Set<Client>(), connects: new TokenBucket(perSecond, burst, now) };
    this.#accounts.delete(username);
    this.#accounts.set(username, account);
    if (known === undefined) this.#forgetIdle();
    return account.connects.tryTake(now);
  }

  /** A client has come. @returns the one that has to go, if any */
  arrived(username: string, client: Client): Client | undefined {
    const clients = this.#accounts.get(username)?.clients;
    clients?.add(client);
    if (clients === undefined || clients.size <= brokerLimits.connectionsPerAccount) return undefined;
    const [oldest] = clients;
    return oldest;
  }

  gone(username: string, client: Client): void {
    this.#accounts.get(username)?.clients.delete(client);
  }

  #forgetIdle(): void {
    if (this.#accounts.size <= IDLE_ACCOUNTS_MAX) return;
    for (const [username, { clients }] of this.#accounts) {
      if (clients.size > 0) continue;
      this.#accounts.delete(username);
      return;
    }
  }
}
