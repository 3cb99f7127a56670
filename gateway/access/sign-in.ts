import { CampusError } from '../../contract/errors.ts';
import type { Audit } from '../registry/audit.ts';
import type { Sessions } from '../registry/sessions.ts';
import type { User } from '../registry/users.ts';
import { addressRule, LoginThrottle, Throttled, userRule } from './login-throttle.ts';
import { addressBlock, isLoopback } from './network-address.ts';
import type { People } from './people.ts';

export interface SignInInput {
  name: string;
  password: string;
  /** IP address of the client. */
  address: string;
}

/** Signs people in: throttled, audited, with a session at the end. */
export class SignIn {
  readonly #people: People;
  readonly #sessions: Sessions;
  readonly #audit: Audit;
  readonly #now: () => number;
  readonly #addresses = new LoginThrottle(addressRule);
  readonly #names = new LoginThrottle(userRule);

  constructor({
    people,
    sessions,
    audit,
    now,
  }: { people: People; sessions: Sessions; audit: Audit; now: () => number }) {
    this.#people = people;
    this.#sessions = sessions;
    this.#audit = audit;
    this.#now = now;
  }

  /**
   * @returns the user and the cookie's value
   * @throws CampusError `credentials_wrong`, `rate_limited` (as Throttled)
   */
  async signIn(input: SignInInput): Promise<{ user: User; secret: string }> {
    const { name, password, address } = input;
    const block = addressBlock(address);
    const startedAt = this.#now();
    // Behind a tunnel or a proxy everybody comes from this machine: counting that address would lock all of them out at once.
    const counted = !isLoopback(address);
    const addressWaitMs = counted ? this.#addresses.waitMs(block, startedAt) : 0;
    const waitMs = Math.max(addressWaitMs, this.#names.waitMs(name, startedAt));
    if (waitMs > 0) {
      this.#refuse(input, 'too many attempts');
      throw new Throttled(Math.ceil(waitMs / 1000));
    }
    if (counted) this.#addresses.begin(block, startedAt);
    this.#names.begin(name, startedAt);
    const user = await this.#people.verify(name, password);
    if (user === undefined) {
      this.#refuse(input, 'wrong user name or password');
      throw new CampusError('credentials_wrong', 'the user name or the password is wrong');
    }
    this.#addresses.succeeded(block);
    this.#names.succeeded(name);
    const secret = this.#sessions.begin(user.name, this.#now());
    this.#audit.record({ actor: `user:${name}`, address, action: 'session.create', outcome: 'ok' });
    return { user, secret };
  }

  /** The addresses and the names that have to wait before their next attempt. Times are ms. */
  waits(): { by: 'address' | 'user'; key: string; failures: number; since: number; until: number }[] {
    const now = this.#now();
    return [
      ...this.#addresses.waits(now).map((wait) => ({ by: 'address' as const, ...wait })),
      ...this.#names.waits(now).map((wait) => ({ by: 'user' as const, ...wait })),
    ];
  }

  /** Lets an address or a name try again at once. False when it does not have to wait. */
  forgive(by: 'address' | 'user', key: string): boolean {
    return (by === 'address' ? this.#addresses : this.#names).forgive(key, this.#now());
  }

  #refuse({ name, address }: SignInInput, detail: string): void {
    this.#audit.record({ actor: `user:${name}`, address, action: 'session.create', outcome: 'refused', detail });
  }
}
