import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { AedesPublishPacket, AuthenticateError, Client, PublishPacket } from 'aedes';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import type { PresentedCertificate } from '../access/device-certificates.ts';
import { plainAddress } from '../access/network-address.ts';
import type { VerifiedPrincipal } from '../access/principal.ts';
import { mayPublish, maySubscribe } from '../access/topics.ts';
import { type ConnectChecks, ConnectRefused, checkConnect } from './connect-check.ts';
import { InOrder } from './in-order.ts';
import { brokerLimits } from './limits.ts';
import { guardPacketSize } from './packet-guard.ts';
import { QuietAedes } from './quiet-aedes.ts';
import { ReadGate } from './read-gate.ts';
import { TelemetryTap } from './telemetry-tap.ts';
import { TokenBucket } from './token-bucket.ts';

/** One refusal, for the audit log and the rejects. */
export interface Refusal {
  action: 'connect' | 'publish' | 'subscribe' | 'packet';
  /** The user name that the client gave, whether or not it proved it; empty when it gave none. */
  username: string;
  /** Set once the client is authenticated. */
  principal: VerifiedPrincipal | undefined;
  address: string;
  /** The topic, the filter, or nothing. */
  target: string;
  code: ErrorCode;
  detail: string;
}

export interface BrokerOptions extends ConnectChecks {
  /**
   * Takes what an authenticated client publishes on a topic it may publish on, before the PUBACK: when this resolves, the
   * message is safe. Whether subscribers get it is up to the callee, through `Broker.publish`.
   * @throws when the message could not be made safe; the client's connection is then closed and it keeps the message
   */
  receive: (principal: VerifiedPrincipal, topic: string, payload: Uint8Array) => Promise<void>;
  refused: (refusal: Refusal) => void;
  connected: (principal: VerifiedPrincipal, address: string) => void;
  /** A client has subscribed, anew or once more, to a filter that it may subscribe to; it has been told so. */
  subscribed: (principal: VerifiedPrincipal, filter: string) => void;
  disconnected: (principal: VerifiedPrincipal) => void;
  /** Told of each telemetry message that a subscriber does not get: in a flood, or because it does not read. */
  notForwarded: () => void;
  /** A will was not published, because it was the gateway and not the client that ended the connection. */
  withheld: (principal: VerifiedPrincipal) => void;
  /** Messages a second that one client may send before it is slowed. */
  messagesPerSecond: number;
}

/** A connection as a listener hands it over: plain, by TLS, or in a WebSocket. */
export interface Connection {
  stream: Duplex;
  /** The client's IP address. */
  address: string;
  /** What the client has shown in its TLS handshake. */
  certificate?: PresentedCertificate | undefined;
}

interface Session {
  principal: VerifiedPrincipal;
  bucket: TokenBucket;
  refusedSubscriptions: number;
  /** Messages that were read and are not safe yet. While there are any, the client's pings are not read. */
  pending: number;
  /** The gateway ends this connection for a reason of its own, so its will would say what is not so. */
  endedHere: boolean;
}

/** MQTT 3.1.1 §3.9.3, return code of SUBACK: the client may not have this subscription. */
const SUBSCRIPTION_FAILED: number = 0x80;

/** The MQTT broker: Aedes with the product's access rules, which makes every message safe before it is acknowledged. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #aedes: QuietAedes;
  readonly #tap: TelemetryTap;
  readonly #inOrder = new InOrder();
  readonly #readGate = new ReadGate(brokerLimits.unstored);
  readonly #connections = new WeakMap<Client, Connection>();
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #clients = new Set<Client>();
  #closing = false;
  /** What CONNECT said before Aedes interprets it. */
  readonly #connects = new WeakMap<Client, { emptyIdKept: boolean; clientId: string }>();

  private constructor(options: BrokerOptions) {
    this.#options = options;
    this.#tap = new TelemetryTap({ now: () => performance.now(), left: options.notForwarded });
    this.#aedes = new QuietAedes({
      // Publishing never waits for subscribers here, so there is nothing for a limit of concurrent deliveries to protect.
      concurrency: 0,
      connectTimeout: brokerLimits.connectTimeoutMs,
      drainTimeout: brokerLimits.drainTimeoutMs,
      maxTopicLevels: brokerLimits.topicLevels,
      maxInflightInbound: brokerLimits.inflightQos2,
      preConnect: (client, packet, done) => {
        this.#connects.set(client, { emptyIdKept: packet.clientId === '' && !packet.clean, clientId: packet.clientId });
        // A session that outlives its connection is a queue without a bound; every one here is clean.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        this.#authenticate(client, username, password).then(
          () => done(null, true),
          (error: AuthenticateError) => done(error, false),
        );
      },
      authorizePublish: (client, packet, done) => {
        // Aedes says `null` for what it publishes itself, which is nothing here.
        if (client === null) return done(new CampusError('not_authenticated', 'publish before CONNECT'));
        const bytes = packet.payload.length;
        this.#readGate.received(client, bytes);
        const settle = (error: Error | null): void => {
          this.#readGate.settled(client, bytes);
          done(error);
        };
        this.#receive(client, packet).then(() => settle(null), settle);
      },
      authorizeSubscribe: (client, subscription, done) => {
        done(null, this.#maySubscribe(client, subscription.topic) ? subscription : null);
      },
      authorizeForward,
    });
    this.#aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#tap.unsubscribed(client, filter);
    });
    this.#aedes.on('client', (client) => this.#arrived(client));
    this.#aedes.on('subscribe', (subscriptions, client) => {
      for (const { topic, qos } of subscriptions) if (qos !== SUBSCRIPTION_FAILED) this.#subscribed(client, topic);
    });
    this.#aedes.on('clientDisconnect', (client) => this.#gone(client));
    this.#aedes.on('clientError', (client, error) => this.#broken(client, error));
    this.#aedes.on('connectionError', (client, error) => this.#broken(client, error));
  }

  /** Starts a broker that nobody is connected to yet, so that retained messages can be put in place first. */
  static async create(options: BrokerOptions): Promise<Broker> {
    const broker = new Broker(options);
    await broker.#aedes.listen();
    return broker;
  }

  /** Hands a message to subscribers, in order. Does not wait for them: one that does not read delays nobody. */
  publish(topic: string, payload: Uint8Array | string, { qos, retain }: { qos: 0 | 1; retain: boolean }): void {
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false } as const;
    const done = (error?: Error): void => {
      // Only a broker that is closing fails to publish, and then there is nobody left to tell.
      if (error && !this.#aedes.closed) this.#aedes.emit('error', error);
    };
    this.#inOrder.put({ send: () => this.#aedes.publish(packet, done), takesSteps: qos > 0 || retain });
  }

  /** Hands telemetry to its subscribers, as `publish` does for everything else; in a flood they get a sample of it. */
  forwardTelemetry(source: { site: string; device: string; topic: string }, payload: Uint8Array): void {
    this.#tap.forward(source, payload);
  }

  get connections(): number {
    return this.#aedes.connectedClients;
  }

  /** Ends the connections of those whom `invalid` names; their wills are withheld. */
  disconnectIf(invalid: (principal: VerifiedPrincipal) => boolean): void {
    for (const client of this.#clients) {
      const session = this.#sessions.get(client);
      if (session === undefined || !invalid(session.principal)) continue;
      session.endedHere = true;
      client.close();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
  }

  /** Takes a new connection, whichever listener it came by: all are bound by the same limits. */
  accept(connection: Connection): void {
    const { stream } = connection;
    const client = this.#aedes.handle(stream);
    this.#connections.set(client, connection);
    this.#readGate.watch(client, stream);
    const maxBytes = (): number =>
      this.#sessions.has(client) ? limits.packetBytes : brokerLimits.packetBytesUnauthenticated;
    guardPacketSize(client, maxBytes, (bytes) => {
      const detail = `expected at most ${maxBytes()} bytes in one packet, got ${bytes}`;
      this.#refuse(client, { action: 'packet', code: 'packet_too_large', target: '', detail });
      stream.destroy();
    });
  }

  async #authenticate(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const { emptyIdKept = false, clientId = '' } = this.#connects.get(client) ?? {};
    const certificate = this.#connections.get(client)?.certificate;
    const attempt = { certificate, username, password, clientId, emptyIdKept };
    try {
      this.#admit(client, await checkConnect(attempt, this.#options));
    } catch (error) {
      if (error instanceof ConnectRefused) {
        const refusal = { action: 'connect', code: error.code, target: '', detail: error.message } as const;
        this.#refuse(client, { ...refusal, username: error.username });
      }
      throw error;
    }
  }

  #admit(client: Client, principal: VerifiedPrincipal): void {
    // Clients choose their identifiers; in a name space per user nobody can take another's place (MQTT-3.1.4-2).
    client.id = `${principal.username}#${client.id}`;
    const rate = this.#options.messagesPerSecond;
    const bucket = new TokenBucket(rate, rate * brokerLimits.burstSeconds, performance.now());
    this.#sessions.set(client, { principal, bucket, refusedSubscriptions: 0, pending: 0, endedHere: false });
    // What flows say is little, and alerts must not wait for the floods that they are about.
    if (principal.kind === 'device') this.#readGate.share(client);
  }

  async #receive(client: Client, packet: PublishPacket): Promise<void> {
    const session = this.#sessions.get(client);
    if (session === undefined) throw new CampusError('not_authenticated', 'publish before CONNECT');
    // Aedes publishes the will of every client that it disconnects; a gateway that stops must not declare its devices offline.
    if (this.#closing)
      throw new CampusError('not_ready', 'the gateway is stopping: send the message again when it is back');
    // What a client that is gone still publishes is its will.
    if (client.closed && session.endedHere) {
      this.#guard(() => this.#options.withheld(session.principal));
      throw new CampusError('not_ready', 'a connection that the gateway ended says nothing about its device');
    }
    const { topic } = packet;
    const allowed = mayPublish(session.principal, topic);
    if (allowed !== true) {
      this.#refuse(client, { action: 'publish', code: allowed.code, target: topic, detail: allowed.detail });
      throw new CampusError(allowed.code, allowed.detail);
    }
    // Aedes tells repeated QoS 2 messages apart only after this, so they would be stored twice. A will is published once.
    if (packet.qos === 2 && !client.closed) {
      const detail = 'expected QoS 0 or 1, got 2: `boot` and `seq` make a message count once';
      this.#refuse(client, { action: 'publish', code: 'qos_not_supported', target: topic, detail });
      throw new CampusError('qos_not_supported', detail);
    }
    await this.#makeSafe(session, packet);
    // The receiver has published what subscribers may see; the packet itself only remains to be acknowledged.
    QuietAedes.received(packet);
  }

  /** Hands a message on at its client's rate. A failure is the gateway's, and its closing the connection no sign of the client. */
  async #makeSafe(session: Session, { topic, payload }: PublishPacket): Promise<void> {
    session.pending++;
    try {
      const wait = session.bucket.take(performance.now());
      if (wait >= 1) await delay(wait);
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
      await this.#options.receive(session.principal, topic, bytes);
    } catch (error) {
      session.endedHere = true;
      throw error;
    } finally {
      session.pending--;
    }
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const session = this.#sessions.get(client);
    if (session === undefined) return false;
    const allowed = maySubscribe(session.principal, filter);
    if (allowed === true) return true;
    session.refusedSubscriptions++;
    if (session.refusedSubscriptions > brokerLimits.refusedSubscriptions) {
      client.conn.destroy();
      return false;
    }
    this.#refuse(client, { action: 'subscribe', code: allowed.code, target: filter, detail: allowed.detail });
    return false;
  }

  #arrived(client: Client): void {
    this.#clients.add(client);
    const session = this.#sessions.get(client);
    if (session !== undefined) this.#guard(() => this.#options.connected(session.principal, this.#addressOf(client)));
  }

  #subscribed(client: Client, filter: string): void {
    this.#tap.subscribed(client, filter);
    const session = this.#sessions.get(client);
    if (session !== undefined) this.#guard(() => this.#options.subscribed(session.principal, filter));
  }

  #gone(client: Client): void {
    this.#clients.delete(client);
    const session = this.#sessions.get(client);
    if (session !== undefined) this.#guard(() => this.#options.disconnected(session.principal));
  }

  /** A connection that ended in an error. Network failures and what was refused above are no news here; broken protocol is. */
  #broken(client: Client, error: Error): void {
    const session = this.#sessions.get(client);
    // Its pings may lie unread behind the messages that wait.
    if (session !== undefined && session.pending > 0 && error.message.includes('keep alive')) session.endedHere = true;
    if (error instanceof CampusError || 'code' in error || connectionErrors.test(error.message)) return;
    const badTopic = /in PUBLISH|topic has too many levels/.test(error.message);
    this.#refuse(client, {
      action: badTopic ? 'publish' : 'packet',
      code: badTopic ? 'topic_invalid' : 'packet_malformed',
      target: '',
      detail: error.message.slice(0, 200),
    });
  }

  #refuse(
    client: Client,
    refusal: Pick<Refusal, 'action' | 'code' | 'target' | 'detail'> & Partial<Pick<Refusal, 'username'>>,
  ): void {
    const session = this.#sessions.get(client);
    const complete: Refusal = {
      username: session?.principal.username ?? '',
      principal: session?.principal,
      address: this.#addressOf(client),
      ...refusal,
      target: refusal.target.slice(0, 256),
    };
    this.#guard(() => this.#options.refused(complete));
  }

  #addressOf(client: Client): string {
    return plainAddress(this.#connections.get(client)?.address ?? '');
  }

  /** Aedes calls from its event handlers, where nobody would catch what a callback throws. */
  #guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.failed(error);
    }
  }
}

/** What Aedes says of a client that is gone, or no longer reads, while something was under way for it. */
const connectionErrors = /keep alive|drain timeout|connection closed/;

/**
 * What comes this way is states, events and alerts: little, and missed by whoever does not get it. A subscriber that is behind gets it all
 * the same, after what waits for it, up to a bound: a frozen one must not take the gateway's memory. Beyond, it is sent away, for what it
 * has missed comes to it anew when it subscribes again.
 */
function authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
  if (client.conn.writableLength <= brokerLimits.unreadBytes) return packet;
  client.conn.destroy(new Error('drain timeout'));
  return null;
}
