import type { Client } from 'aedes';
import { parseTopic } from '../../contract/topics.ts';
import { ForwardSampler } from './forward-sampler.ts';
import { brokerLimits } from './limits.ts';

/** Messages of one site on their way to its subscribers. */
interface Outgoing {
  /** Each with the time since when it has taken nothing, monotonic ms, where its socket is full. */
  clients: Map<Client, number | undefined>;
  packets: Buffer[];
}

/**
 * Hands telemetry to those who subscribe to it, the flows above all: at QoS 0, many messages in one write. On the way of every message,
 * where the broker's own path (topic matching, an emitter, a write for each) costs more than everything else the gateway does with it.
 */
export class TelemetryTap {
  readonly #sites = new Map<string, Outgoing>();
  readonly #sampler = new ForwardSampler(brokerLimits.forward);
  readonly #now: () => number;
  readonly #left: () => void;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #waiting = false;

  /**
   * @param now monotonic, ms
   * @param left told of each message that a subscriber does not get: in a flood, or because it does not read
   */
  constructor({ now, left }: { now: () => number; left: () => void }) {
    this.#now = now;
    this.#left = left;
  }

  /** Notes what a client has subscribed to; filters other than a site's telemetry are none of the tap's. */
  subscribed(client: Client, filter: string): void {
    const site = siteOf(filter);
    if (site === undefined) return;
    let outgoing = this.#sites.get(site);
    if (outgoing === undefined) {
      outgoing = { clients: new Map(), packets: [] };
      this.#sites.set(site, outgoing);
    }
    outgoing.clients.set(client, undefined);
  }

  unsubscribed(client: Client, filter: string): void {
    const site = siteOf(filter);
    const outgoing = site === undefined ? undefined : this.#sites.get(site);
    if (site === undefined || outgoing === undefined) return;
    outgoing.clients.delete(client);
    if (outgoing.clients.size === 0) this.#sites.delete(site);
  }

  /** Sends a message to the site's subscribers soon. The payload must not change meanwhile. */
  forward({ site, device, topic }: { site: string; device: string; topic: string }, payload: Uint8Array): void {
    const outgoing = this.#sites.get(site);
    if (outgoing === undefined) return;
    const now = this.#now();
    if (!this.#sampler.passes(`${site}/${device}`, now)) {
      this.#left();
      return;
    }
    outgoing.packets.push(
      publishHeader(topic, payload.byteLength),
      Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    );
    if (this.#waiting) return;
    this.#waiting = true;
    const wait = this.#flushedAt + brokerLimits.forward.gatherMs - now;
    // A message that comes alone goes at once; the next ones gather.
    if (wait <= 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    this.#waiting = false;
    this.#flushedAt = this.#now();
    for (const outgoing of this.#sites.values()) {
      const { packets } = outgoing;
      if (packets.length === 0) continue;
      outgoing.packets = [];
      const bytes = Buffer.concat(packets);
      for (const [client, fullSince] of outgoing.clients) {
        if (!client.conn.writableNeedDrain) {
          client.conn.write(bytes);
          if (fullSince !== undefined) outgoing.clients.set(client, undefined);
          continue;
        }
        // A subscriber whose socket is full gets nothing more until it has read: no memory for a frozen one.
        for (let count = packets.length / 2; count > 0; count--) this.#left();
        if (fullSince === undefined) outgoing.clients.set(client, this.#flushedAt);
        else if (this.#flushedAt - fullSince > brokerLimits.drainTimeoutMs)
          client.conn.destroy(new Error('drain timeout'));
      }
    }
  }
}

/** The site of the filter `campus/v1/{site}/+/telemetry`. */
function siteOf(filter: string): string | undefined {
  const parsed = parseTopic(filter.replace('/+/', '/any/'));
  return filter.includes('/+/') && parsed?.kind === 'channel' && parsed.channel === 'telemetry'
    ? parsed.site
    : undefined;
}

/** A PUBLISH packet at QoS 0 up to its payload (MQTT 3.1.1 §3.3, remaining length §2.2.3). */
function publishHeader(topic: string, payloadBytes: number): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  let remaining = 2 + topicBytes + payloadBytes;
  const header = Buffer.allocUnsafe(1 + 4 + 2 + topicBytes);
  header[0] = 0x30;
  let at = 1;
  do {
    const low = remaining & 0x7f;
    remaining >>>= 7;
    header[at++] = remaining > 0 ? low | 0x80 : low;
  } while (remaining > 0);
  at = header.writeUInt16BE(topicBytes, at);
  at += header.write(topic, at);
  return header.subarray(0, at);
}
