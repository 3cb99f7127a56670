import { CampusError } from '../../contract/errors.ts';
import type { DurableQueue } from '../../queue/queue.ts';
import type { Logger } from '../../runtime/log.ts';
import type { SeriesIndex } from '../ingest/series-index.ts';
import { type Erasure, type ErasureSubject, erasureSteps } from '../registry/erasure-table.ts';
import { spoolKey } from '../store/batch.ts';
import type { ErasedSubject } from '../store/store.ts';
import type { StoreClient } from '../store/store-client.ts';
import { type EraseFromRegistry, eraseFromRegistry } from './erase-from-registry.ts';

/** How soon an erasure that somebody asked for begins, and one that failed is tried again, ms. */
const LOOK_MS = 1000;
/** Asking for the erasure of a device revokes its account; its connection has ended after this long, ms. */
const ENDED_MS = 3000;

export interface ErasuresOptions extends EraseFromRegistry {
  store: Pick<StoreClient, 'erase' | 'scrub'>;
  index: Pick<SeriesIndex, 'erase'>;
  spool: Pick<DurableQueue, 'stats' | 'forget'>;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/**
 * Does the erasures that the command line asks for, one after another. Each step is noted when it is done and may be done again, so a
 * gateway that was killed goes on where it was.
 */
export class Erasures {
  readonly #options: ErasuresOptions;
  #working: Promise<void> | undefined;

  constructor(options: ErasuresOptions) {
    this.#options = options;
  }

  /** Begins to look for erasures. Returns how to stop, which waits for the step under way. */
  start(): () => Promise<void> {
    const timer = setInterval(() => {
      this.#working ??= this.work().finally(() => {
        this.#working = undefined;
      });
    }, LOOK_MS);
    return async () => {
      clearInterval(timer);
      await this.#working;
    };
  }

  /** Does the next erasure, if there is one, as far as it goes. */
  async work(): Promise<void> {
    const { registry, log, now } = this.#options;
    const next = registry.erasures.next();
    if (next === undefined || Math.abs(now() - next.requestedAt) < ENDED_MS) return;
    try {
      await this.#erase(next);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== next.failure) log.error({ erasure: next.id, code: codeOf(error) }, 'an erasure has to wait');
      registry.erasures.fail(next.id, failure.slice(0, 500));
    }
  }

  async #erase(erasure: Erasure): Promise<void> {
    const { registry, store, log, now } = this.#options;
    const { id, subject } = erasure;
    let { notes } = erasure;
    const stored = subject === undefined ? undefined : storedSubject(subject);
    if (stored !== undefined && erasure.step < erasureSteps.indexOf('stores')) {
      notes = await this.#eraseStored(stored);
      registry.erasures.advance({ id, step: erasureSteps.indexOf('stores'), notes });
    }
    if (subject !== undefined) {
      eraseFromRegistry(this.#options, subject, () => {
        registry.erasures.forget({ id, step: erasureSteps.indexOf('registry'), notes });
        // Who asked for it may be who was erased just now, and is called by a pseudonym then.
        this.#record(registry.erasures.get(id) ?? erasure, notes);
      });
    }
    await store.scrub();
    registry.erasures.finish(id, now());
    log.info({ erasure: id }, 'an erasure is done');
  }

  /** Erases what has been measured, in the spool as well: what came before now is in the stores first. */
  async #eraseStored(subject: ErasedSubject): Promise<string[]> {
    const { store, index, spool } = this.#options;
    const { lastPosition } = await spool.stats();
    const notes = await store.erase(subject, lastPosition);
    index.erase(subject);
    if (!('text' in subject)) await spool.forget(spoolKey(subject.site, subject.device));
    // The spool deletes a message a moment after the last store has it, and not while a backup holds it.
    if ((await spool.stats()).firstPosition <= lastPosition) {
      throw new CampusError(
        'state_conflict',
        'the spool still holds messages that the stores have taken: tried again soon',
      );
    }
    return notes;
  }

  /** The log keeps that it was done, for whom it was asked by, and not whom it was about. */
  #record({ actor, kind, requestedAt }: Erasure, notes: readonly string[]): void {
    const asked = `asked for at ${new Date(requestedAt).toISOString()}`;
    const detail = [asked, ...notes].join('; ');
    this.#options.registry.audit.record({
      ...{ actor, address: 'local', action: 'privacy.erase', target: kind, outcome: 'ok', detail },
    });
  }
}

/** What a subject is called in the stores; undefined for a person, whom no measurement knows. */
function storedSubject(subject: ErasureSubject): ErasedSubject | undefined {
  if (subject.kind === 'client') return { text: subject.pseudonym };
  return subject.kind === 'device' ? { site: subject.site, device: subject.device } : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof CampusError ? error.code : 'internal';
}
