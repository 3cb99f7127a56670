import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import { CampusError } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import type { ProcessCredentials } from '../../runtime/home.ts';

/** How long the gateway may take to answer a connection or a subscription, ms. */
const ANSWER_MS = 5000;

/** How long a connection may take to end, ms. */
const END_MS = 1000;

/** Seconds between signs of life; after half as much again the broker gives the connection up. */
const KEEPALIVE_SECONDS = 10;

export interface SessionOptions {
  /** `mqtt://host:port` or `mqtts://host:port` */
  url: string;
  credentials: ProcessCredentials;
  onMessage: (topic: string, payload: Uint8Array) => void;
}

/** One MQTT 3.1.1 connection with a clean session. It is never revived: what was under way fails, and its owner opens another. */
export interface Session {
  /** Resolves when it is over, with what ended it. */
  readonly closed: Promise<Error>;
  /** Resolves when the broker has granted every filter; rejects with `topic_forbidden` when it refuses one. */
  subscribe(filters: Readonly<Record<string, { qos: 0 | 1 }>>): Promise<void>;
  /** Publishes at QoS 1; resolves when the broker has acknowledged. */
  publish(topic: string, payload: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * Opens a connection to the gateway's broker.
 * @throws Error when it does not answer, CampusError `credentials_wrong` when it refuses the credentials
 */
export async function openSession({ url, credentials, onMessage }: SessionOptions): Promise<Session> {
  const client = connect(url, {
    username: credentials.username,
    password: credentials.password,
    protocolVersion: 4,
    clean: true,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: ANSWER_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // No table of 65,536 packet identifiers, 8 MB for a few messages a second.
    writeCache: false,
  });
  client.on('message', (topic, payload) => {
    if (payload.byteLength <= limits.packetBytes) onMessage(topic, payload);
  });
  const closed = new Promise<Error>((resolve) => {
    let cause = new Error('the gateway closed the connection');
    client.on('error', (error) => {
      cause = refusal(error, credentials) ?? error;
    });
    client.on('close', () => resolve(cause));
  });
  await opened(client, closed);
  // Small messages that wait for an acknowledgement are delayed by 20 to 80 ms otherwise (Nagle with delayed ACK).
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  return sessionOf(client, closed);
}

/** Rejects with what ended the connection when it ends before it was ever there. */
async function opened(client: MqttClient, closed: Promise<Error>): Promise<void> {
  const connected = new Promise<undefined>((resolve) => client.once('connect', () => resolve(undefined)));
  const cause = await Promise.race([connected, closed]);
  if (cause === undefined) return;
  await client.endAsync(true);
  throw cause;
}

function sessionOf(client: MqttClient, closed: Promise<Error>): Session {
  let underWay = 0;
  return {
    closed,
    async subscribe(filters) {
      const granted = await answered(client.subscribeAsync({ ...filters }), closed);
      const refused = granted.find(({ qos }) => qos === 128);
      if (refused === undefined) return;
      throw new CampusError('topic_forbidden', `the gateway refused the subscription to ${refused.topic}`);
    },
    async publish(topic, payload) {
      underWay += 1;
      try {
        await client.publishAsync(topic, payload, { qos: 1 });
      } finally {
        underWay -= 1;
      }
    },
    async end() {
      // A polite end waits for acknowledgements, which may never come.
      const timer = setTimeout(() => client.stream.destroy(), END_MS);
      await client.endAsync(!client.connected || underWay > 0);
      clearTimeout(timer);
    },
  };
}

/** What the gateway answers; rejects when the connection ends first, or nothing comes within `ANSWER_MS`. */
function answered<T>(answer: Promise<T>, closed: Promise<Error>): Promise<T> {
  return new Promise((resolve, reject) => {
    const overdue = new Error(`the gateway did not answer within ${ANSWER_MS} ms`);
    const timer = setTimeout(() => reject(overdue), ANSWER_MS);
    closed.then(reject);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** CONNACK 4 and 5 (MQTT 3.1.1 §3.2.2.3): the credentials are wrong. */
function refusal(error: Error, { username }: ProcessCredentials): CampusError | undefined {
  if (!('code' in error) || (error.code !== 4 && error.code !== 5)) return undefined;
  return new CampusError(
    'credentials_wrong',
    `the gateway refuses the credentials of ${username}: is credentials/flows/mqtt.json of the home that the gateway runs on?`,
    { cause: error },
  );
}
