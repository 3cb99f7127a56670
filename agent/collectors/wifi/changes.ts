import type { Connection } from './connection.ts';
import type { InterfaceFacts } from './reading.ts';
import { type ChannelSurvey, utilisationPercent } from './survey.ts';

/** What two samples tell that one does not. It remembers the sample before; addresses stay in memory. */
export class Changes {
  #surveys = new Map<string, ChannelSurvey>();
  #connections = new Map<string, Partial<Connection>>();
  #before: { surveys: Map<string, ChannelSurvey>; connections: Map<string, Partial<Connection>> } = {
    surveys: new Map(),
    connections: new Map(),
  };

  /** Begins a sample: what was noted until here is the one before. */
  next(): void {
    this.#before = { surveys: this.#surveys, connections: this.#connections };
    this.#surveys = new Map();
    this.#connections = new Map();
  }

  /** How busy an interface's channel was since the sample before, in percent; undefined when unknown. */
  utilisationPercent({ interface: { name = '' }, survey }: InterfaceFacts): number | undefined {
    if (survey === undefined) return undefined;
    this.#surveys.set(name, survey);
    return utilisationPercent(this.#before.surveys.get(name), survey);
  }

  /**
   * Retries of all transmissions since the sample before, in percent; undefined when a counter is missing, stood still or began anew.
   * @param address of the other end
   */
  retryPercent(name: string, address: string, now: Partial<Connection>): number | undefined {
    const key = `${name} ${address}`;
    this.#connections.set(key, now);
    const before = this.#before.connections.get(key);
    const step = (field: 'txRetries' | 'txPackets'): number =>
      (now[field] ?? Number.NaN) - (before?.[field] ?? Number.NaN);
    const [retries, packets] = [step('txRetries'), step('txPackets')];
    return retries >= 0 && packets >= 0 && retries + packets > 0 ? (100 * retries) / (retries + packets) : undefined;
  }
}
