import type { Host } from '../../host/host.ts';
import type { HeardAdvertisement, RouterAdvertisement } from './advertisement.ts';
import { parseRdisc6 } from './rdisc6.ts';

/** Interfaces that are listened on at a time; a box has one to three with a router. */
const INTERFACES_MAX = 4;
/** Routers of one interface that are remembered: where more advertise, somebody plays tricks. */
const ROUTERS_MAX = 8;
/** A router repeats itself within 1800 s at the latest (RFC 4861 §6.2.1, MaxRtrAdvInterval). */
const FORGET_MS = 1_800_000;
/** How long one process listens when nothing comes: it is orphaned no longer than this when the agent is killed. */
const LISTEN_MS = 60_000;
/** A router answers within 0.5 s (RFC 4861 §6.2.6, MAX_RA_DELAY_TIME). */
const ANSWER_MS = 1000;
/** Routers keep 3 s between advertisements (MIN_DELAY_BETWEEN_RAS), and there may be several; a flood must not become one of processes. */
const STARTS_PER_WINDOW = 12;
const WINDOW_MS = 10_000;
/** What fails, for lack of permission say, fails again at once: it is tried anew after this. */
const RETRY_MS = 60_000;
const SOLICIT_AGAIN_MS = 10_000;
/** Some 2 kB each. */
const OUTPUT_MAX_BYTES = 256 * 1024;
/** rdisc6(8): nobody has advertised. */
const NO_RESPONSE = 2;

export interface Listening {
  /** What routers have said last, the oldest of them within half an hour. */
  advertisements: HeardAdvertisement[];
  /** Why nothing can be heard on an interface. */
  failures: Error[];
}

/**
 * Hears what routers advertise, by `rdisc6`: Node.js has no raw sockets, and the kernel keeps neither flags nor name servers. Mostly it
 * listens only: one process an interface that ends with the first advertisement, and another after it. A router is asked when
 * listening begins and when addresses or routers have changed, no oftener than every 10 s.
 */
export class AdvertisementListener {
  readonly #interfaces = new Map<string, InterfaceListener>();

  /**
   * Listens on these interfaces, and on no others.
   * @param state of addresses and routers, another one when they have changed
   */
  update(host: Host, names: readonly string[], state: string): Listening {
    const wanted = new Set(names.slice(0, INTERFACES_MAX));
    for (const [name, listener] of this.#interfaces) {
      if (wanted.has(name)) continue;
      listener.stop();
      this.#interfaces.delete(name);
    }
    for (const name of wanted) {
      const listener = this.#interfaces.get(name) ?? new InterfaceListener(name);
      this.#interfaces.set(name, listener);
      listener.update(host, state);
    }
    const listeners = [...this.#interfaces.values()];
    return {
      advertisements: listeners.flatMap((listener) => listener.heard(host.monotonicMs())),
      failures: listeners.flatMap(({ failure }) => failure ?? []),
    };
  }

  stop(): void {
    for (const listener of this.#interfaces.values()) listener.stop();
    this.#interfaces.clear();
  }
}

class InterfaceListener {
  readonly #name: string;
  readonly #stopping = new AbortController();
  readonly #heard = new Map<string, HeardAdvertisement>();
  #starts: number[] = [];
  #state: string | undefined;
  #solicitedAt: number | undefined;
  #solicits = false;
  #listens = false;
  #absent = false;
  #failedAt: number | undefined;
  failure: Error | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  update(host: Host, state: string): void {
    const now = host.monotonicMs();
    if (this.#absent || this.#stopping.signal.aborted) return;
    if (this.#failedAt !== undefined && now - this.#failedAt < RETRY_MS) return;
    const due = this.#solicitedAt === undefined || now - this.#solicitedAt >= SOLICIT_AGAIN_MS;
    if (state !== this.#state && due && !this.#solicits) {
      this.#state = state;
      this.#solicitedAt = now;
      this.#solicits = true;
      void this.#run(host, ['-n', '-m', '-r', '1', '-w', `${ANSWER_MS}`], ANSWER_MS).finally(() => {
        this.#solicits = false;
      });
    }
    if (!this.#listens) {
      this.#listens = true;
      void this.#listen(host).finally(() => {
        this.#listens = false;
      });
    }
  }

  heard(now: number): HeardAdvertisement[] {
    for (const [router, { heardAt }] of this.#heard) if (now - heardAt > FORGET_MS) this.#heard.delete(router);
    return [...this.#heard.values()];
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** One process after another, until one fails or they follow one another too fast: the next sample then begins again. */
  async #listen(host: Host): Promise<void> {
    const mayStart = (): boolean => {
      const now = host.monotonicMs();
      this.#starts = this.#starts.filter((at) => now - at < WINDOW_MS);
      return this.#starts.length < STARTS_PER_WINDOW && !this.#absent && !this.#stopping.signal.aborted;
    };
    while (mayStart() && this.#failedAt === undefined) {
      this.#starts.push(host.monotonicMs());
      await this.#run(host, ['-n', '-d', '-1', '-r', '1', '-w', `${LISTEN_MS}`], LISTEN_MS);
    }
  }

  async #run(host: Host, args: readonly string[], waitMs: number): Promise<void> {
    const options = { timeoutMs: waitMs + 2000, maxBytes: OUTPUT_MAX_BYTES, exitCodes: [NO_RESPONSE] };
    try {
      const output = await host.run('rdisc6', [...args, this.#name], { signal: this.#stopping.signal, ...options });
      this.#absent = output === undefined;
      this.#failedAt = undefined;
      this.failure = undefined;
      if (output !== undefined) this.#keep(parseRdisc6(output).advertisements, host.monotonicMs());
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#failedAt = host.monotonicMs();
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  #keep(advertisements: readonly RouterAdvertisement[], heardAt: number): void {
    for (const advertisement of advertisements) {
      const { router } = advertisement;
      if (!this.#heard.has(router) && this.#heard.size >= ROUTERS_MAX) continue;
      this.#heard.set(router, { ...advertisement, interface: this.#name, heardAt });
    }
  }
}
