import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { onTestFinished } from 'vitest';
import { Compile } from '#typebox/compile';
import { type Alert, AlertRequest } from '../../../contract/alert.ts';
import type { DeviceState } from '../../../contract/state.ts';
import type { Metric, Telemetry } from '../../../contract/telemetry.ts';
import { alertRequestTopic, alertTopic, channelTopic, parseTopic } from '../../../contract/topics.ts';

export const SITE = 'school';
export const credentials = { site: SITE, username: `${SITE}/flows`, password: 'flows-password' };

const isRequest = Compile(AlertRequest);
const allowedFilters = ['telemetry', 'state', 'event'].map((channel) => `campus/v1/${SITE}/+/${channel}`);

/**
 * A broker on loopback that plays the gateway's part towards flows: it knows one account, grants what the gateway grants, and keeps
 * alerts. Every request it takes is in `requests`.
 */
export class GatewayStandIn {
  readonly port: number;
  readonly requests: AlertRequest[] = [];
  readonly alerts = new Map<string, Alert>();
  readonly #broker: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #lastId = 0;

  private constructor(broker: Aedes, server: Server, port: number) {
    this.#broker = broker;
    this.#server = server;
    this.port = port;
  }

  /** Listens on a free port, or on the one of a gateway that was closed, with the alerts it had. */
  static async open({
    port = 0,
    alerts = [],
  }: {
    port?: number;
    alerts?: Iterable<Alert>;
  } = {}): Promise<GatewayStandIn> {
    const broker = await Aedes.createBroker();
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const address = server.address();
    const gateway = new GatewayStandIn(broker, server, typeof address === 'object' && address ? address.port : 0);
    for (const alert of alerts) await gateway.#keep(alert);
    gateway.#serve();
    onTestFinished(() => gateway.close());
    return gateway;
  }

  /** Ends every connection, as a gateway that is killed does. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
    if (!this.#broker.closed) await new Promise<void>((resolve) => this.#broker.close(resolve));
  }

  async telemetry(device: string, metrics: readonly Partial<Metric>[], rest: Partial<Telemetry> = {}): Promise<void> {
    const timestamp = Date.now();
    const full = metrics.map((metric) => ({ name: 'system', tags: {}, fields: {}, timestamp, ...metric }));
    await this.#publish(channelTopic(SITE, device, 'telemetry'), JSON.stringify({ metrics: full, ...rest }), false);
  }

  async state(device: string, state: DeviceState): Promise<void> {
    await this.#publish(channelTopic(SITE, device, 'state'), JSON.stringify(state), true);
  }

  async raw(topic: string, payload: string | Buffer): Promise<void> {
    await this.#publish(topic, payload, false);
  }

  /** The open alerts, as a reader of the gateway's API sees them. */
  open(): Alert[] {
    return [...this.alerts.values()].filter(({ state }) => state === 'open');
  }

  asked(rule: string): string[] {
    return this.requests.filter((request) => request.rule === rule).map(({ action }) => action);
  }

  #serve(): void {
    this.#broker.authenticate = (_client, username, password, done) =>
      done(null, username === credentials.username && String(password) === credentials.password);
    this.#broker.authorizeSubscribe = (_client, subscription, done) =>
      done(null, [...allowedFilters, `campus/v1/${SITE}/alerts/+`].includes(subscription.topic) ? subscription : null);
    this.#broker.authorizePublish = (client, packet, done) => {
      if (client !== null) this.#take(packet.topic, packet.payload.toString());
      done(null);
    };
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      this.#broker.handle(socket);
    });
  }

  #take(topic: string, payload: string): void {
    if (topic !== alertRequestTopic(SITE)) throw new Error(`flows published on ${topic}`);
    const request: unknown = JSON.parse(payload);
    if (!isRequest.Check(request)) throw new Error(`no request of the contract: ${payload}`);
    this.requests.push(request);
    void this.#answer(request);
  }

  async #answer(request: AlertRequest): Promise<void> {
    const { action, at, ...facts } = request;
    const open = this.open().find(
      ({ rule, device, subject }) => rule === request.rule && device === request.device && subject === request.subject,
    );
    if (action === 'raise' && 'class' in facts) {
      this.#lastId += 1;
      const id = open?.id ?? `alert-${this.#lastId}`;
      await this.#keep({ ...facts, id, site: SITE, state: 'open', raised_at: open?.raised_at ?? at, updated_at: at });
    } else if (open !== undefined) {
      const cleared: Alert = { ...open, state: 'cleared', cleared_at: at };
      this.alerts.set(open.id, cleared);
      await this.#publish(alertTopic(SITE, open.id), JSON.stringify(cleared), false);
      await this.#publish(alertTopic(SITE, open.id), '', true);
    }
  }

  async #keep(alert: Alert): Promise<void> {
    this.alerts.set(alert.id, alert);
    await this.#publish(alertTopic(SITE, alert.id), JSON.stringify(alert), true);
  }

  #publish(topic: string, payload: string | Buffer, retain: boolean): Promise<void> {
    const qos = parseTopic(topic)?.kind === 'channel' && topic.endsWith('/telemetry') ? 0 : 1;
    return new Promise((resolve, reject) => {
      this.#broker.publish(
        { cmd: 'publish', dup: false, topic, payload: Buffer.from(payload), qos, retain },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }
}
