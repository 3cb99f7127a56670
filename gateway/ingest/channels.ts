import type { Static, TSchema } from '#typebox';
import { Compile, type Validator } from '#typebox/compile';
import { AlertRequest } from '../../contract/alert.ts';
import { DeviceEvent } from '../../contract/event.ts';
import { Inventory } from '../../contract/inventory.ts';
import { limits } from '../../contract/limits.ts';
import { decodePayload, isRejection, type Rejection } from '../../contract/payload.ts';
import { Reply } from '../../contract/reply.ts';
import { DeviceState } from '../../contract/state.ts';
import { type Channel, channels, parseTopic } from '../../contract/topics.ts';
import type { Ingest, IngestSource } from './ingest.ts';

export interface ChannelHandlers {
  state: (source: IngestSource, state: DeviceState) => void;
  inventory: (source: IngestSource, inventory: Inventory, payload: Uint8Array) => void;
  /** Why an event is not even looked at; undefined when it is. */
  refuseEvent: (source: IngestSource, payload: Uint8Array) => Rejection | undefined;
  /** False when the event was not kept, or was kept before: it is acknowledged, and told to nobody a second time. */
  event: (source: IngestSource, event: DeviceEvent, payload: Uint8Array) => boolean;
  /** False when the device was asked nothing of the sort. */
  reply: (source: IngestSource, reply: Reply) => boolean;
  alertRequest: (site: string, request: AlertRequest) => void;
  /** Hands a message that was taken to the broker's subscribers. */
  forward: (topic: string, payload: Uint8Array, options: { qos: 0 | 1; retain: boolean; replaces: boolean }) => void;
  rejected: (source: IngestSource, rejection: Rejection, payload: Uint8Array) => void;
}

const validators = {
  state: Compile(DeviceState),
  inventory: Compile(Inventory),
  event: Compile(DeviceEvent),
  alertRequest: Compile(AlertRequest),
  reply: Compile(Reply),
};

/** Receives every message that passed the access rules and sends it to where its channel belongs. */
export class Channels {
  readonly #ingest: Ingest;
  readonly #handlers: ChannelHandlers;

  constructor(ingest: Ingest, handlers: ChannelHandlers) {
    this.#ingest = ingest;
    this.#handlers = handlers;
  }

  /**
   * Resolves when the message is safe, or refused and counted.
   * @throws CampusError of `Ingest.submit` when it could not be made safe
   */
  async receive(topic: string, payload: Uint8Array): Promise<void> {
    const parsed = parseTopic(topic);
    if (parsed?.kind === 'alert-request') return this.#alertRequest(parsed.site, topic, payload);
    if (parsed?.kind !== 'channel') return;
    const source: IngestSource = { site: parsed.site, device: parsed.device, topic };
    if (parsed.channel === 'telemetry') {
      await this.#ingest.submit(source, payload);
      return;
    }
    if (this.#take(parsed.channel, source, payload)) {
      // Of what is retained, only the newest counts: a flood of states must not pile up on its way to the subscribers.
      const { retain } = channels[parsed.channel];
      this.#handlers.forward(topic, payload, { qos: 1, retain, replaces: retain });
    }
  }

  /** Hands a checked message to its handler; false when it was refused or had come before. */
  #take(channel: Exclude<Channel, 'telemetry'>, source: IngestSource, payload: Uint8Array): boolean {
    switch (channel) {
      case 'state':
        return this.#decode(source, payload, validators.state, this.#handlers.state);
      case 'inventory':
        return this.#decode(source, payload, validators.inventory, this.#handlers.inventory);
      case 'event':
        return this.#event(source, payload);
      case 'reply':
        this.#reply(source, payload);
        return false;
      case 'command':
        this.#handlers.rejected(source, { code: 'topic_invalid', detail: 'the gateway alone commands' }, payload);
        return false;
    }
  }

  /** A reply is the gateway's alone: nobody may subscribe to it. */
  #reply(source: IngestSource, payload: Uint8Array): void {
    if (payload.byteLength > limits.replyBytes) {
      const detail = `expected at most ${limits.replyBytes} bytes, got ${payload.byteLength}`;
      this.#handlers.rejected(source, { code: 'payload_too_large', detail }, payload);
      return;
    }
    this.#decode(source, payload, validators.reply, (_source, reply) => {
      if (this.#handlers.reply(source, reply)) return;
      const detail = 'expected a reply to a command that this device has and has not answered yet';
      this.#handlers.rejected(source, { code: 'not_found', detail }, payload);
    });
  }

  #event(source: IngestSource, payload: Uint8Array): boolean {
    const refusal = this.#handlers.refuseEvent(source, payload);
    if (refusal !== undefined) {
      this.#handlers.rejected(source, refusal, payload);
      return false;
    }
    return this.#decode(source, payload, validators.event, this.#handlers.event);
  }

  #alertRequest(site: string, topic: string, payload: Uint8Array): void {
    const source: IngestSource = { site, device: 'flows', topic };
    this.#decode(source, payload, validators.alertRequest, (_source, request) =>
      this.#handlers.alertRequest(site, request),
    );
  }

  #decode<S extends TSchema>(
    source: IngestSource,
    payload: Uint8Array,
    validator: Validator<Record<string, never>, S>,
    handle: (source: IngestSource, value: Static<S>, payload: Uint8Array) => unknown,
  ): boolean {
    const decoded = decodePayload(payload, validator);
    if (isRejection(decoded)) {
      this.#handlers.rejected(source, decoded, payload);
      return false;
    }
    return handle(source, decoded.value, payload) !== false;
  }
}
