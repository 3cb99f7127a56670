import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuthenticateError, Client, PublishPacket } from 'aedes';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import type { PresentedCertificate } from '../access/device-certificates.ts';
import { plainAddress } from '../access/network-address.ts';
import type { VerifiedPrincipal } from '../access/principal.ts';
import { maySubscribe } from '../access/topics.ts';
import { AccountConnections } from './account-connections.ts';
import { authorizeForward } from './authorize-forward.ts';
import { brokenProtocol } from './broken-protocol.ts';
import { ClientLimits } from './client-limits.ts';
import { isDestroyed } from './client-socket.ts';
import { ConnectRefused, checkConnect, connackCodes, isGuess } from './connect-check.ts';
import { Door } from './door.ts';
import { Endings } from './endings.ts';
import { InOrder } from './in-order.ts';
import { brokerLimits } from './limits.ts';
import type { BrokerOptions, PublishOptions, Refusal } from './options.ts';
import { guardPackets } from './packet-guard.ts';
import { publishRefusal } from './publish-refusal.ts';
import { QuietAedes } from './quiet-aedes.ts';
import { ReadGate } from './read-gate.ts';
import type { Session } from './session.ts';
import { SlowPackets } from './slow-packets.ts';
import { TelemetryTap } from './telemetry-tap.ts';

export type { BrokerOptions, Refusal } from './options.ts';

/** A connection as a listener hands it over: plain, by TLS, or in a WebSocket. */
export interface Connection {
  stream: Duplex;
  /** The client's IP address. */
  address: string;
  /** What the client has shown in its TLS handshake. */
  certificate?: PresentedCertificate | undefined;
  /** What TLS runs over, where `knock` was told of it before the handshake. */
  below?: Duplex | undefined;
  /** Told once the client has shown who it is. */
  proved?: () => void;
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
  readonly #endings = new Endings();
  readonly #door: Door;
  readonly #accounts = new AccountConnections();
  readonly #slowPackets: SlowPackets;
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #clients = new Set<Client>();
  #closing = false;
  /** What CONNECT said before Aedes interprets it. */
  readonly #connects = new WeakMap<Client, { emptyIdKept: boolean; clientId: string }>();

  private constructor(options: BrokerOptions) {
    this.#options = options;
    this.#tap = new TelemetryTap({ now: () => performance.now(), left: options.notForwarded });
    this.#door = new Door({
      connectsPerSecond: options.connectsPerSecond,
      now: () => performance.now(),
      refused: (address, detail) => this.#refuseStranger(address, 'connection_limit', detail),
    });
    this.#slowPackets = new SlowPackets({
      packetMs: brokerLimits.packetMs,
      now: () => performance.now(),
      isHeld: (client) => this.#readGate.isHeld(client),
      tooSlow: (client) =>
        this.#end(client, 'packet', 'rate_limited', 'expected a packet that ends, got a part of one'),
    });
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
  publish(topic: string, payload: Uint8Array | string, { qos, retain, replaces }: PublishOptions): void {
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false } as const;
    const done = (error?: Error): void => {
      // Only a broker that is closing fails to publish, and then there is nobody left to tell.
      if (error && !this.#aedes.closed) this.#aedes.emit('error', error);
    };
    const send = (): void => this.#aedes.publish(packet, done);
    this.#inOrder.put({ send, takesSteps: qos > 0 || retain, replaces: replaces === true ? topic : undefined });
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

  /** A connection has come whose TLS handshake is to begin; one too many is closed. */
  knock(connection: Duplex, address: string): void {
    this.#door.admit(connection, plainAddress(address));
  }

  /** Takes a new connection, whichever listener it came by: all are bound by the same limits. */
  accept(connection: Connection): void {
    const { stream, below } = connection;
    const address = plainAddress(connection.address);
    if (below !== undefined) this.#door.handOver(below, stream, address);
    else if (!this.#door.admit(stream, address)) return;
    this.#endings.watch(stream);
    const client = this.#aedes.handle(stream);
    this.#connections.set(client, connection);
    this.#readGate.watch(client, stream);
    const maxBytes = (): number =>
      this.#sessions.has(client) ? limits.packetBytes : brokerLimits.packetBytesUnauthenticated;
    guardPackets(client, {
      maxBytes,
      tooLarge: (bytes) => {
        const detail = `expected at most ${maxBytes()} bytes in one packet, got ${bytes}`;
        this.#refuse(client, { action: 'packet', code: 'packet_too_large', target: '', detail });
        stream.destroy();
      },
      packet: (command) => this.#countPacket(client, command),
      unfinished: () => this.#slowPackets.unfinished(client),
    });
  }

  #countPacket(client: Client, command: string): void {
    this.#slowPackets.ended(client);
    if (command === 'publish') return;
    const limited = this.#sessions.get(client)?.limits;
    if (limited === undefined || limited.control(performance.now())) return;
    const { perSecond } = brokerLimits.controlPackets;
    this.#end(client, 'packet', 'rate_limited', `expected at most ${perSecond} ${command} a second, got more`);
  }

  /** Refuses what a client does, and ends its connection. */
  #end(client: Client, action: Refusal['action'], code: ErrorCode, detail: string): void {
    if (isDestroyed(client)) return;
    this.#refuse(client, { action, code, target: '', detail });
    client.conn.destroy();
  }

  async #authenticate(client: Client, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const { emptyIdKept = false, clientId = '' } = this.#connects.get(client) ?? {};
    const certificate = this.#connections.get(client)?.certificate;
    const attempt = { certificate, username, password, clientId, emptyIdKept };
    try {
      this.#admit(client, await checkConnect(attempt, this.#options));
    } catch (error) {
      if (!(error instanceof ConnectRefused)) throw error;
      if (isGuess(error)) this.#failed(client);
      const refusal = { action: 'connect', code: error.code, target: '', detail: error.message } as const;
      this.#refuse(client, { ...refusal, username: error.username });
      throw error;
    }
  }

  #admit(client: Client, principal: VerifiedPrincipal): void {
    const { username } = principal;
    // Clients choose their identifiers; in a name space per user nobody can take another's place (MQTT-3.1.4-2).
    client.id = `${username}#${client.id}`;
    const now = performance.now();
    if (!this.#accounts.mayConnect(username, now)) {
      const detail = `expected ${username} to wait between its log-ins`;
      throw new ConnectRefused(connackCodes.serverUnavailable, 'rate_limited', detail, username);
    }
    this.#door.proved(client.conn);
    this.#connections.get(client)?.proved?.();
    const limits = new ClientLimits(principal, this.#options, now);
    this.#sessions.set(client, { principal, limits, refusedSubscriptions: 0, pending: 0, endedHere: false });
    // What flows say is little, and alerts must not wait for the floods that they are about.
    if (principal.kind === 'device') this.#readGate.share(client);
  }

  /** A log-in failed. An address that is banned gets no answer, and one line in the log and the audit for all its tries. */
  #failed(client: Client): void {
    const address = this.#addressOf(client);
    const outcome = this.#options.bans.failed(address);
    if (outcome === 'counted') return;
    const detail = 'too many log-ins failed at this address: from now on only right ones are answered';
    this.#refuseStranger(address, 'address_banned', detail);
    client.conn.destroy();
    throw new CampusError('address_banned', detail);
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
    const refusal = publishRefusal(session.principal, packet, client.closed);
    if (refusal !== undefined) {
      this.#refuse(client, { action: 'publish', target: topic, ...refusal });
      throw new CampusError(refusal.code, refusal.detail);
    }
    await this.#makeSafe(session, packet);
    // The receiver has published what subscribers may see; the packet itself only remains to be acknowledged.
    QuietAedes.received(packet);
  }

  /** Hands a message on at its client's rate. A failure is the gateway's, and its closing the connection no sign of the client. */
  async #makeSafe(session: Session, { topic, payload }: PublishPacket): Promise<void> {
    session.pending++;
    try {
      const wait = session.limits.message(payload.length, performance.now());
      if (wait >= 1) await delay(wait);
      // The client sends again what could not be made safe; what it sent after that may not come to the store before it.
      if (session.endedHere)
        throw new CampusError('not_ready', 'the connection is being closed: send the message again');
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
    if (!session.limits.subscribe(performance.now())) {
      this.#end(client, 'subscribe', 'rate_limited', 'expected a client to subscribe once, got it again and again');
      return false;
    }
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
    if (session === undefined) return;
    this.#guard(() => this.#options.connected(session.principal, this.#addressOf(client)));
    const oldest = this.#accounts.arrived(session.principal.username, client);
    const replaced = oldest === undefined ? undefined : this.#sessions.get(oldest);
    if (oldest === undefined || replaced === undefined) return;
    // Its will would say that the device is gone, which has just come.
    replaced.endedHere = true;
    const detail = `expected at most ${brokerLimits.connectionsPerAccount} connections of one account, got more: the oldest ends`;
    this.#end(oldest, 'connect', 'connection_limit', detail);
  }

  #subscribed(client: Client, filter: string): void {
    this.#tap.subscribed(client, filter);
    const session = this.#sessions.get(client);
    if (session !== undefined) this.#guard(() => this.#options.subscribed(session.principal, filter));
  }

  #gone(client: Client): void {
    this.#clients.delete(client);
    const session = this.#sessions.get(client);
    if (session === undefined) return;
    this.#accounts.gone(session.principal.username, client);
    this.#guard(() => this.#options.disconnected(session.principal));
  }

  /** A connection that ended in an error. Network failures and what was refused above are no news here; broken protocol is. */
  #broken(client: Client, error: Error): void {
    const session = this.#sessions.get(client);
    // Its pings may lie unread behind the messages that wait.
    if (session !== undefined && session.pending > 0 && error.message.includes('keep alive')) session.endedHere = true;
    const refusal = brokenProtocol(error);
    if (refusal !== undefined) this.#refuse(client, refusal);
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

  /** Refuses somebody who has not shown who he is. */
  #refuseStranger(address: string, code: ErrorCode, detail: string): void {
    this.#guard(() =>
      this.#options.refused({
        action: 'connect',
        username: '',
        principal: undefined,
        address,
        target: '',
        code,
        detail,
      }),
    );
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
