import { CampusError } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import type { ThroughputChoice } from '../../contract/throughput.ts';
import type { CommandOrigin } from '../registry/command-table.ts';
import type { DeviceKey } from '../registry/devices.ts';
import type { CommandKinds, Prepared } from './command-kind.ts';
import type { CommandStatus } from './command-status.ts';

/** A command that is not over. */
export interface Active {
  status: CommandStatus;
  choice: ThroughputChoice;
  timer: NodeJS.Timeout;
  /** It has had its turn. */
  begun: boolean;
  prepared?: Prepared;
  progressAt: number;
}

/** The commands that are not over, in the order in which they were asked for, and whose turn it is. */
export class ActiveCommands {
  readonly #kinds: CommandKinds;
  readonly #byId = new Map<string, Active>();

  constructor(kinds: CommandKinds) {
    this.#kinds = kinds;
  }

  get(id: string): Active | undefined {
    return this.#byId.get(id);
  }

  /** @throws CampusError `command_busy` when the device has a command, `command_queue_full` when too many wait */
  checkRoom({ site, device }: DeviceKey): void {
    const active = [...this.#byId.values()];
    if (active.some(({ status }) => status.site === site && status.device === device)) {
      throw new CampusError('command_busy', `${device}: expected a device without a command, got one that has one`);
    }
    if (active.filter(({ begun }) => !begun).length >= limits.commandsWaiting) {
      const detail = `expected at most ${limits.commandsWaiting} devices that wait for their turn, got one more`;
      throw new CampusError('command_queue_full', detail);
    }
  }

  add(active: Active): void {
    this.#byId.set(active.status.id, active);
  }

  /** @returns false when it was over already */
  delete(id: string): boolean {
    return this.#byId.delete(id);
  }

  /** Those whose turn has come, each once: of the exclusive kinds one at a time, of the others all. */
  takeTurns(): Active[] {
    return [...this.#byId.values()].filter((active) => {
      if (active.begun || (this.#isExclusive(active) && this.#isExclusiveUnderWay())) return false;
      active.begun = true;
      return true;
    });
  }

  /** Whether any of this origin is not over yet. */
  has(origin: CommandOrigin): boolean {
    return [...this.#byId.values()].some(({ status }) => status.origin === origin);
  }

  /** Forgets them all, and lets go of what is held ready for them. */
  clear(): void {
    for (const { timer, prepared } of this.#byId.values()) {
      clearTimeout(timer);
      prepared?.release();
    }
    this.#byId.clear();
  }

  #isExclusive({ status }: Active): boolean {
    return this.#kinds[status.command].exclusive;
  }

  #isExclusiveUnderWay(): boolean {
    return [...this.#byId.values()].some((active) => active.begun && this.#isExclusive(active));
  }
}
