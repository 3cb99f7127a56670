import type { Command, RequestedCommand } from '../../contract/command.ts';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import type { Reply } from '../../contract/reply.ts';
import type { ThroughputChoice } from '../../contract/throughput.ts';
import { channelTopic } from '../../contract/topics.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Broker } from '../broker/broker.ts';
import type { CommandOrigin, CommandQuery, CommandTable } from '../registry/command-table.ts';
import type { DeviceKey, Devices } from '../registry/devices.ts';
import { type Active, ActiveCommands } from './active-commands.ts';
import type { CommandKinds, Prepared } from './command-kind.ts';
import { type CommandListener, type CommandStatus, type CommandTimes, commandTimes } from './command-status.ts';
import { isResultOf } from './result-of.ts';

export interface CommandRequest extends DeviceKey {
  command: RequestedCommand;
  choice: ThroughputChoice;
  origin: CommandOrigin;
}

export interface CommandsOptions {
  table: CommandTable;
  devices: Pick<Devices, 'get'>;
  kinds: CommandKinds;
  publish: Broker['publish'];
  /** Makes an id of the present time. */
  newId: () => string;
  /** Wall clock, ms. */
  now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicMs: () => number;
  log: Logger;
  times?: CommandTimes;
}

/**
 * Commands to devices: one of each device at a time, and of the exclusive kinds together one in the whole school. Each comes to an end: by the device's
 * last reply, or by the clock.
 */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #times: CommandTimes;
  readonly #active: ActiveCommands;
  readonly #listeners = new Set<CommandListener>();

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#times = options.times ?? commandTimes;
    this.#active = new ActiveCommands(options.kinds);
    options.table.abandon(options.now());
  }

  /**
   * Asks a device to carry out a command, at once or when its turn comes.
   * @throws CampusError `not_found`, `device_offline`, `command_unsupported`, `command_busy`, `command_queue_full`, `same_machine`
   */
  request({ site, device, command, choice, origin }: CommandRequest): CommandStatus {
    const { table, kinds, newId, now } = this.#options;
    this.#checkDevice({ site, device });
    const kind = kinds[command];
    kind.check({ site, device });
    this.#active.checkRoom({ site, device });
    const status: CommandStatus = {
      ...{ id: newId(), site, device, command, origin, state: 'waiting', createdAt: now() },
    };
    table.add(status);
    const timer = this.#after(this.#times.turnMs, status.id, 'its turn did not come in time');
    this.#active.add({ status, choice, timer, begun: false, progressAt: Number.NEGATIVE_INFINITY });
    this.#tell(status);
    this.#next();
    return status;
  }

  /** Takes a device's answer. @returns false when it was asked nothing of this id */
  reply({ site, device }: DeviceKey, { id, state, progress, result, code, detail }: Reply): boolean {
    const active = this.#active.get(id);
    if (active === undefined || active.prepared === undefined) return false;
    const { status, prepared } = active;
    if (status.site !== site || status.device !== device) return false;
    if (result !== undefined && !isResultOf(status.command, result)) return false;
    if (state === 'running') {
      this.#runs(active, prepared, { progress: progress ?? 0, ...(result === undefined ? {} : { result }) });
    } else {
      const failed =
        state === 'failed' ? { code: code ?? 'internal', ...(detail === undefined ? {} : { detail }) } : {};
      this.#end(active, { state, ...failed, ...(result === undefined ? {} : { result }) });
    }
    return true;
  }

  /** Ends a command that still waits for its turn; one that has begun, or is over, stays what it is. */
  withdraw(key: DeviceKey, id: string): CommandStatus | undefined {
    const active = this.#active.get(id);
    if (active !== undefined && !active.begun && this.get(key, id) !== undefined) {
      this.#end(active, { state: 'failed', code: 'command_expired', detail: `${key.device} no longer waits for it` });
    }
    return this.get(key, id);
  }

  /** A command as it is now; undefined when there is none of this id for this device. */
  get({ site, device }: DeviceKey, id: string): CommandStatus | undefined {
    const command = this.#active.get(id)?.status ?? this.#options.table.get(id);
    return command?.site === site && command.device === device ? command : undefined;
  }

  /** A device's commands, newest first, with their numbers for paging. */
  list(key: DeviceKey, query: Omit<CommandQuery, keyof DeviceKey>): { seq: number; status: CommandStatus }[] {
    return this.#options.table
      .list({ ...key, ...query })
      .map(({ seq, record }) => ({ seq, status: this.#active.get(record.id)?.status ?? record }));
  }

  /** Whether any command of this origin is not over yet. */
  hasActive(origin: CommandOrigin): boolean {
    return this.#active.has(origin);
  }

  /** Calls `listener` at each change. Returns how to stop it. */
  onChange(listener: CommandListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of what is held ready. What is not over is marked as given up at the next start. */
  close(): void {
    this.#active.clear();
  }

  #checkDevice({ site, device }: DeviceKey): void {
    const known = this.#options.devices.get(site, device);
    if (known === undefined) {
      throw new CampusError('not_found', `expected a device of site ${site} that has reported, got ${device}`);
    }
    if (known.state === undefined) {
      const detail = `${device}: expected a device that runs campus-edge agent, got one that only reports`;
      throw new CampusError('command_unsupported', detail);
    }
    if (!known.online) throw new CampusError('device_offline', `${device}: expected a device that is online`);
  }

  /** Begins what may begin. */
  #next(): void {
    for (const active of this.#active.takeTurns()) void this.#begin(active);
  }

  async #begin(active: Active): Promise<void> {
    const { kinds, publish, now } = this.#options;
    const { status, choice } = active;
    const { id, site, device, command } = status;
    try {
      const prepared = await kinds[command].prepare({ site, device }, choice);
      // It may have come to its end meanwhile.
      if (this.#active.get(id) !== active) return prepared.release();
      active.prepared = prepared;
      this.#checkDevice({ site, device });
      clearTimeout(active.timer);
      active.timer = this.#after(this.#times.answerMs, id, `${device} did not answer`);
      const startedAt = now();
      this.#change(active, { state: 'sent', startedAt });
      const sent: Command = { ...prepared.order, id, expires_at: startedAt + this.#times.answerMs };
      publish(channelTopic(site, device, 'command'), JSON.stringify(sent), { qos: 1, retain: false });
    } catch (error) {
      const code = error instanceof CampusError ? error.code : 'internal';
      if (code === 'internal') this.#options.log.error({ err: error, id }, 'a command cannot be begun');
      this.#end(active, { state: 'failed', code, detail: (error as Error).message.slice(0, 500) });
    }
  }

  #runs(active: Active, { runWithinMs }: Prepared, far: Pick<CommandStatus, 'progress' | 'result'>): void {
    const { status } = active;
    if (status.state === 'sent') {
      clearTimeout(active.timer);
      active.timer = this.#after(runWithinMs, status.id, `${status.device} did not come to an end`);
    }
    const at = this.#options.monotonicMs();
    if (at - active.progressAt < this.#times.progressMs) return;
    active.progressAt = at;
    const change = { state: 'running', ...far } as const;
    if (status.state === 'sent') {
      this.#change(active, change);
    } else {
      // How far it is, is told and not kept.
      active.status = { ...status, ...change };
      this.#tell(active.status);
    }
  }

  #end(active: Active, change: Pick<CommandStatus, 'state' | 'result' | 'code' | 'detail'>): void {
    if (!this.#active.delete(active.status.id)) return;
    clearTimeout(active.timer);
    active.prepared?.release();
    const { progress, ...record } = active.status;
    active.status = record;
    this.#change(active, { ...change, endedAt: this.#options.now() });
    this.#next();
  }

  #change(active: Active, change: Partial<CommandStatus>): void {
    active.status = { ...active.status, ...change };
    try {
      this.#options.table.update(active.status);
    } catch (error) {
      // A full disk must not keep the turn from the next one.
      this.#options.log.error({ err: error, id: active.status.id }, 'what became of a command cannot be written');
    }
    this.#tell(active.status);
  }

  #tell(status: CommandStatus): void {
    for (const listener of this.#listeners) listener(status);
  }

  #after(ms: number, id: string, detail: string): NodeJS.Timeout {
    const code: ErrorCode = 'command_expired';
    return setTimeout(() => {
      const active = this.#active.get(id);
      if (active !== undefined) this.#end(active, { state: 'failed', code, detail });
    }, ms);
  }
}
