import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { isRejection } from '../../../contract/payload.ts';
import { parseTelemetry, type Telemetry } from '../../../contract/telemetry.ts';

export interface Received {
  topic: string;
  payload: string;
  retain: boolean;
  /** Milliseconds since the broker's start. */
  at: number;
}

/** An MQTT broker that keeps what it acknowledges, and that can go away and come back on its port. */
export class Broker {
  readonly port: number;
  /** Everything published, in order; outlives the broker's runs. */
  readonly received: Received[] = [];
  /** User name, or nothing, of each connection that asked for admission. */
  readonly asked: string[] = [];
  /** Who is let in. */
  admits: (username: string | undefined, password: string | undefined) => boolean = () => true;
  /** While false, nothing is acknowledged. */
  acknowledges = true;
  /** While false, every subscription is refused. */
  allowsSubscriptions = true;
  /** What its clock shows, ms; undefined while it does not tell. */
  clock: () => number | undefined = Date.now;
  readonly #startedAt = performance.now();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #aedes: Aedes | undefined;

  constructor(port: number) {
    this.port = port;
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker();
    aedes.authenticate = (_client, username, password, done) => {
      this.asked.push(String(username));
      const admitted = this.admits(username?.toString(), password?.toString());
      done(admitted ? null : Object.assign(new Error('refused'), { returnCode: 4 }), admitted);
    };
    aedes.authorizePublish = (_client, packet, done) => {
      if (!this.acknowledges) return;
      const at = Math.round(performance.now() - this.#startedAt);
      this.received.push({ topic: packet.topic, payload: packet.payload.toString(), retain: packet.retain, at });
      done(null);
    };
    aedes.authorizeSubscribe = (_client, subscription, done) =>
      done(null, this.allowsSubscriptions ? subscription : null);
    aedes.on('subscribe', ([subscription]) => {
      if (this.allowsSubscriptions && subscription?.topic.endsWith('/command')) this.tellTime(subscription.topic);
    });
    this.#aedes = aedes;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Goes away at once, as a killed gateway does. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) =>
      this.#server === undefined ? resolve(undefined) : this.#server.close(resolve),
    );
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
    await new Promise<void>((resolve) => (this.#aedes === undefined ? resolve() : this.#aedes.close(resolve)));
    this.#server = undefined;
    this.#aedes = undefined;
  }

  /** Tells the time on a topic, as the gateway does. */
  tellTime(topic: string): void {
    const time = this.clock();
    if (time === undefined) return;
    const payload = Buffer.from(JSON.stringify({ command: 'time', time }));
    this.#aedes?.publish({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false }, () => undefined);
  }

  /** What was published on a channel, such as `state`, as values. */
  on(channel: string): unknown[] {
    return this.received.filter(({ topic }) => topic.endsWith(`/${channel}`)).map(({ payload }) => JSON.parse(payload));
  }

  /** The telemetry received, each payload checked as the gateway checks it. */
  telemetry(): Telemetry[] {
    return this.received
      .filter(({ topic }) => topic.endsWith('/telemetry'))
      .map(({ payload }) => {
        const telemetry = parseTelemetry(Buffer.from(payload), Date.now());
        if (isRejection(telemetry)) throw new Error(`the gateway would refuse: ${telemetry.detail}`);
        return telemetry;
      });
  }
}
