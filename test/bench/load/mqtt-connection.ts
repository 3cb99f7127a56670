import { connect, type Socket } from 'node:net';
import {
  DISCONNECT,
  encodeConnect,
  encodePuback,
  encodePublish,
  encodeSubscribe,
  PacketReader,
  PINGREQ,
} from './mqtt-packets.ts';

export interface ConnectionOptions {
  /** On 127.0.0.1: a generator of load never leaves this machine. */
  port: number;
  clientId: string;
  username?: string;
  password?: string;
}

export interface ConnectionHandlers {
  /** The broker has acknowledged a message. */
  acknowledged?: (packetId: number) => void;
  /** Everything that one read from the socket brought has been handled. */
  readEnded?: () => void;
  message?: (topic: string, payload: Buffer) => void;
  /** The connection is gone after it was up; not called after `end`. */
  lost?: () => void;
}

const KEEP_ALIVE_SECONDS = 60;

/** Control packet types (MQTT 3.1.1 §2.2.1). Others that a broker sends, such as PINGRESP, ask for nothing. */
const PUBLISH = 3;
const PUBACK = 4;
const SUBACK = 9;

/** CONNACK's return code (MQTT 3.1.1 §3.2.2.3). */
export class ConnectionRefused extends Error {
  readonly returnCode: number;

  constructor(returnCode: number) {
    super(`the broker refused the connection with CONNACK ${returnCode}`);
    this.returnCode = returnCode;
  }
}

/** An MQTT connection for publishing with QoS 1 and for listening. It has TCP_NODELAY set, as the product's own clients have. */
export class MqttConnection {
  readonly #socket: Socket;
  readonly #handlers: ConnectionHandlers;
  readonly #pinging: NodeJS.Timeout;
  #subscribed: (() => void) | undefined;
  #ending = false;

  private constructor(socket: Socket, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#pinging = setInterval(() => socket.write(PINGREQ), KEEP_ALIVE_SECONDS * 500);
    socket.on('close', () => {
      clearInterval(this.#pinging);
      if (!this.#ending) handlers.lost?.();
    });
  }

  /** Connects and waits for CONNACK. @throws ConnectionRefused, or the socket's error */
  static open(options: ConnectionOptions, handlers: ConnectionHandlers = {}): Promise<MqttConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: options.port, noDelay: true });
      const refused = (error: Error): void => reject(error);
      const gone = (): void => reject(new Error('the broker closed the connection before CONNACK'));
      socket.once('connect', () => socket.write(encodeConnect({ ...options, keepAliveSeconds: KEEP_ALIVE_SECONDS })));
      socket.once('error', refused);
      socket.once('close', gone);
      let connection: MqttConnection | undefined;
      const reader = new PacketReader((head, body) => {
        if (connection !== undefined) return connection.#receive(head, body);
        if (body[1] !== 0) {
          reject(new ConnectionRefused(body[1] ?? 0));
          socket.destroy();
          return;
        }
        socket.off('close', gone);
        connection = new MqttConnection(socket, handlers);
        resolve(connection);
      });
      socket.on('data', (chunk) => {
        reader.feed(chunk);
        handlers.readEnded?.();
      });
      // `close` follows every error and tells the rest.
      socket.on('error', () => undefined);
    });
  }

  /** Sends a message with QoS 1. */
  publish(topic: string, payload: string, packetId: number): void {
    this.#socket.write(encodePublish(topic, payload, packetId));
  }

  /** Gathers what `send` publishes into one write. */
  together(send: () => void): void {
    this.#socket.cork();
    send();
    this.#socket.uncork();
  }

  /** Subscribes with QoS 1; resolves at SUBACK. */
  subscribe(filter: string): Promise<void> {
    return new Promise((resolve) => {
      this.#subscribed = resolve;
      this.#socket.write(encodeSubscribe(filter, 1));
    });
  }

  end(): void {
    this.#ending = true;
    this.#socket.end(DISCONNECT);
  }

  #receive(head: number, body: Buffer): void {
    const type = head >> 4;
    if (type === PUBLISH) this.#published(head, body);
    else if (type === PUBACK) this.#handlers.acknowledged?.(body.readUInt16BE(0));
    else if (type === SUBACK) this.#subscribed?.();
  }

  #published(head: number, body: Buffer): void {
    const topicEnd = 2 + body.readUInt16BE(0);
    const withQos = ((head >> 1) & 3) > 0;
    if (withQos) this.#socket.write(encodePuback(body.readUInt16BE(topicEnd)));
    const payload = body.subarray(withQos ? topicEnd + 2 : topicEnd);
    this.#handlers.message?.(body.toString('utf8', 2, topicEnd), payload);
  }
}
