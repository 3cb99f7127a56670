import { Socket } from 'node:net';
import { connect, ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';
import { CampusError } from '../contract/errors.ts';
import { GATEWAY_NAME } from '../contract/gateway-name.ts';
import type { DeviceState } from '../contract/state.ts';
import { type Channel, channels, channelTopic } from '../contract/topics.ts';
import type { Enrolment } from '../runtime/enrolment-file.ts';
import type { ProcessCredentials } from '../runtime/home.ts';
import type { Logger } from '../runtime/log.ts';
import { backOffMs, SLOW_MS } from './back-off.ts';

/** The broker ends a connection that is silent for 1.5 times this long: an agent that hangs is noticed in 9 s. */
const KEEP_ALIVE_SECONDS = 6;
/** A gateway that takes the connection and then says nothing hangs. */
const CONNECT_TIMEOUT_MS = 5000;
const FAREWELL_TIMEOUT_MS = 1000;
/** A connection counts as good when it has lasted: a gateway that cannot keep what it gets ends them soon, and is not to be hurried. */
const GOOD_AFTER_MS = 10_000;

/** Return codes of CONNACK (MQTT 3.1.1 §3.2.2.3): bad user name or password, not authorized. */
const REFUSED_CREDENTIALS = [4, 5];

/** Return code of SUBACK (MQTT 3.1.1 §3.9.3): the subscription is refused. */
const SUBSCRIPTION_FAILED = 0x80;

export interface PublisherOptions {
  /** mqtt:// or mqtts:// */
  url: string;
  /** A user name and password, or what joining has left. */
  credentials: ProcessCredentials | Enrolment;
  boot: string;
  version: string;
  now: () => number;
  random: () => number;
  log: Logger;
  /** Called at each new connection, when the state is on its way. */
  onConnect: () => void;
  /** Called with what the gateway sends on this device's command topic. */
  onCommand: (payload: Uint8Array) => void;
}

/**
 * The connection to the gateway, which it keeps up by itself. Messages are QoS 1; one that is not acknowledged before the connection
 * is lost is given back to the caller, never sent twice from here.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #site: string;
  readonly #device: string;
  readonly #client: MqttClient;
  readonly #unacknowledged = new Set<number>();
  /** Who waits for a SUBACK, in the order of their SUBSCRIBE. */
  readonly #subscribing: ((granted: boolean) => void)[] = [];
  #inventory: string | undefined;
  /** Attempts since there was a good connection. */
  #attempts = 0;
  #goodTimer: NodeJS.Timeout | undefined;
  /** Connections made so far. */
  connections = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#site = options.credentials.site;
    this.#device = deviceOf(options.credentials);
    this.#client = connect(options.url, this.#connectOptions());
    this.#client.on('connect', () => this.#connected());
    this.#client.on('close', () => this.#closed());
    this.#client.on('reconnect', () => this.#beforeAttempt());
    this.#client.on('error', (error) => this.#failed(error));
    // mqtt.js calls back later than it hands out the message that follows.
    this.#client.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') this.#subscribing.shift()?.(!packet.granted.includes(SUBSCRIPTION_FAILED));
    });
    this.#client.on('message', (_topic, payload) => options.onCommand(payload));
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** @returns true once the gateway has acknowledged, false when it has not before the connection was lost */
  publish(channel: Channel, payload: string): Promise<boolean> {
    if (!this.connected) return Promise.resolve(false);
    const topic = channelTopic(this.#site, this.#device, channel);
    return new Promise((resolve) => {
      let id: number | undefined;
      let settled = false;
      // A client that is ending answers at once, before there is a number.
      this.#client.publish(topic, payload, { qos: 1, retain: channels[channel].retain }, (error) => {
        settled = true;
        if (id !== undefined) this.#unacknowledged.delete(id);
        resolve(!error);
      });
      if (settled) return;
      id = this.#client.getLastMessageId();
      this.#unacknowledged.add(id);
    });
  }

  /** Publishes the inventory, a JSON text, now and at each later connection. */
  publishInventory(inventory: string): void {
    this.#inventory = inventory;
    void this.publish('inventory', inventory);
  }

  /**
   * Subscribes to this device's commands, anew at each call: the gateway then tells its time.
   * @param done called when the gateway has confirmed, before what it sends afterwards is received; with false when it refuses, or the
   * connection is lost
   */
  subscribeCommands(done: (granted: boolean) => void): void {
    if (!this.connected) {
      done(false);
      return;
    }
    this.#subscribing.push(done);
    const topic = channelTopic(this.#site, this.#device, 'command');
    this.#client.subscribe(topic, { qos: 0 }, (error) => {
      if (error) this.#options.log.debug({ err: error }, 'subscribing to the commands failed');
    });
  }

  /** Takes over a renewed certificate: the next connection is made with it, and the present one goes on. */
  renewed({ certificate, key }: Enrolment): void {
    Object.assign(this.#client.options, { cert: certificate, key });
  }

  /** Says goodbye, so that nobody is alarmed, and disconnects. */
  async close(): Promise<void> {
    if (this.connected) {
      const farewell = this.publish('state', this.#state({ online: false, planned: true }));
      await Promise.race([farewell, elapsed(FAREWELL_TIMEOUT_MS)]);
    }
    this.#giveBack();
    await Promise.race([this.#client.endAsync(), elapsed(FAREWELL_TIMEOUT_MS)]);
    if (!this.#client.disconnected) this.#client.stream.destroy();
  }

  #connectOptions(): IClientOptions {
    return {
      // A new connection of the same name ends the one before: a box that lost its power is not declared gone after it is back.
      clientId: `agent-${this.#device}`,
      ...identityOptions(this.#options.credentials),
      protocolVersion: 4,
      clean: true,
      keepalive: KEEP_ALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: backOffMs(0, this.#options.random()),
      reconnectOnConnackError: true,
      // Who subscribes asks for the time, and waits for the answer.
      resubscribe: false,
      // No table of 65,536 packet identifiers, 8 MB for a few messages a minute.
      writeCache: false,
      will: this.#will(),
    };
  }

  #will(): NonNullable<IClientOptions['will']> {
    const topic = channelTopic(this.#site, this.#device, 'state');
    return { topic, payload: Buffer.from(this.#state({ online: false })), qos: 1, retain: channels.state.retain };
  }

  #state(state: Pick<DeviceState, 'online' | 'planned'>): string {
    const { boot, version, now } = this.#options;
    return JSON.stringify({ ...state, since: now(), boot, version } satisfies DeviceState);
  }

  #connected(): void {
    const { log, onConnect } = this.#options;
    this.connections += 1;
    this.#goodTimer = setTimeout(() => this.#nextPause(0), GOOD_AFTER_MS).unref();
    const { stream } = this.#client;
    if (stream instanceof Socket) stream.setNoDelay(true);
    log.info({ connections: this.connections }, `connected to the gateway ${this.#options.url}`);
    void this.publish('state', this.#state({ online: true }));
    if (this.#inventory !== undefined) void this.publish('inventory', this.#inventory);
    onConnect();
  }

  #beforeAttempt(): void {
    this.#nextPause(this.#attempts + 1);
    this.#client.options.will = this.#will();
  }

  /** Sets the pause that follows should the connection, or the attempt at one, fail: mqtt.js reads it at that moment. */
  #nextPause(attempts: number): void {
    this.#attempts = attempts;
    this.#client.options.reconnectPeriod = backOffMs(attempts, this.#options.random());
  }

  #closed(): void {
    clearTimeout(this.#goodTimer);
    if (this.#attempts === 0 && !this.#client.disconnecting) {
      this.#options.log.warn(`no connection to the gateway ${this.#options.url}: trying again, samples are kept`);
    }
    this.#giveBack();
    for (const done of this.#subscribing.splice(0)) done(false);
  }

  #failed(error: Error): void {
    const { log, url, credentials } = this.#options;
    const isCertified = 'certificate' in credentials;
    if (error instanceof ErrorWithReasonCode && REFUSED_CREDENTIALS.includes(error.code)) {
      this.#client.options.reconnectPeriod = SLOW_MS;
      log.error(
        { code: isCertified ? 'certificate_unknown' : 'credentials_wrong' },
        isCertified
          ? `the gateway ${url} refuses the certificate of ${this.#site}/${this.#device}: it was revoked, has expired, or is of another site; join again with campus-edge enroll; trying again every ${SLOW_MS / 1000} s`
          : `the gateway ${url} refuses the user name or password of ${credentials.username}: put the right ones into agent/credentials.json (on a gateway, restart the gateway, which writes credentials/agent/mqtt.json) and restart the agent; trying again every ${SLOW_MS / 1000} s`,
      );
    } else {
      log.debug({ err: error }, 'the connection to the gateway failed');
    }
  }

  /** mqtt.js would send what is unacknowledged again by itself, one by one and before anything else. */
  #giveBack(): void {
    for (const id of [...this.#unacknowledged]) this.#client.removeOutgoingMessage(id);
    this.#unacknowledged.clear();
  }
}

/** How a client shows who it is, and recognises the gateway: by the name that is the same at every address. */
function identityOptions(credentials: ProcessCredentials | Enrolment): IClientOptions {
  if ('certificate' in credentials) {
    const { authority, certificate, key } = credentials;
    return { ca: authority, cert: certificate, key, servername: GATEWAY_NAME };
  }
  const { username, password, ca } = credentials;
  return { username, password, ...(ca === undefined ? {} : { ca, servername: GATEWAY_NAME }) };
}

/** The device that credentials are of; a user name is `{site}/{device}`. */
function deviceOf(credentials: ProcessCredentials | Enrolment): string {
  if ('certificate' in credentials) return credentials.device;
  const { site, username } = credentials;
  const [ofSite, device, ...rest] = username.split('/');
  if (ofSite !== site || device === undefined || rest.length > 0) {
    throw new CampusError(
      'credentials_wrong',
      `the agent's credentials: expected the user name ${site}/{device}, got "${username}"`,
    );
  }
  return device;
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
