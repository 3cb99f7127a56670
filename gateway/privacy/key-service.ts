import type { PseudonymKeyCommand } from '../../contract/command.ts';
import { channelTopic } from '../../contract/topics.ts';
import type { Broker } from '../broker/broker.ts';
import type { PseudonymKeys } from './pseudonym-keys.ts';

/** How soon a new key reaches the agents, ms. */
const LOOK_EVERY_MS = 60_000;

export interface KeyServiceOptions {
  keys: Pick<PseudonymKeys, 'current'>;
  publish: Broker['publish'];
  /** True for a device that runs an agent of this product: nothing else has a use for the key. */
  isAgent: (site: string, device: string) => boolean;
}

interface Told {
  site: string;
  device: string;
  /** Of the key. */
  id: string | undefined;
}

/**
 * Gives agents their site's key for the pseudonyms of clients, on their command topic: when they subscribe to it, and when there is a new
 * one. The topic is the device's own, and the broker lets nobody else read it.
 */
export class KeyService {
  readonly #options: KeyServiceOptions;
  /** By topic. There are as many as accounts of devices. */
  readonly #told = new Map<string, Told>();

  constructor(options: KeyServiceOptions) {
    this.#options = options;
  }

  /** A device has subscribed to a filter; if that is its command topic, it is told the key. */
  subscribed(site: string, device: string, filter: string): void {
    const topic = channelTopic(site, device, 'command');
    if (filter === topic) this.#tell(topic, { site, device, id: undefined });
  }

  /** Looks whether there are new keys, or agents that were not known as such, and tells them. */
  look(): void {
    for (const [topic, told] of this.#told) {
      if (told.id !== this.#options.keys.current(told.site).id) this.#tell(topic, told);
    }
  }

  /** Starts looking. Returns how to stop it. */
  start(): () => void {
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  #tell(topic: string, { site, device }: Told): void {
    const agent = this.#options.isAgent(site, device);
    const { id, key, validMs } = this.#options.keys.current(site);
    this.#told.set(topic, { site, device, id: agent ? id : undefined });
    if (!agent) return;
    const command: PseudonymKeyCommand = {
      command: 'pseudonym-key',
      key: key.toString('base64url'),
      valid_ms: Math.max(0, Math.round(validMs)),
    };
    this.#options.publish(topic, JSON.stringify(command), { qos: 1, retain: false });
  }
}
