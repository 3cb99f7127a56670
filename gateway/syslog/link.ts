import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SyslogTarget } from './syslog-config.ts';

/** A server that neither answers nor takes anything for so long is away, ms. */
const PATIENCE_MS = 10_000;

/** A way to a syslog server. */
export interface Link {
  /** False once the server has closed it or it failed. */
  readonly open: boolean;
  /** Resolves when the message has been given to the network; rejects when the link failed. */
  send(message: string): Promise<void>;
  close(): void;
}

/** Opens a link. Rejects when the server is away, or its certificate is not good. @param ca PEM, for TLS */
export function openLink({ transport, host, port }: SyslogTarget, ca: string | undefined): Promise<Link> {
  if (transport === 'udp') return openUdp(host, port);
  if (transport === 'tcp') return openStream(connectTcp({ host, port, noDelay: true }), 'connect');
  const tls = connectTls({
    ...{ host, port, minVersion: 'TLSv1.2', ca },
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  return openStream(tls, 'secureConnect');
}

/** Messages on a stream, each with its length before it (RFC 5425 §4.3, RFC 6587 §3.4.1). */
async function openStream(socket: Socket, connected: 'connect' | 'secureConnect'): Promise<Link> {
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
  try {
    await once(socket, connected);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setTimeout(0);
  // What a server says is of no meaning, but its goodbye is only heard by who reads. The error comes with the close that counts.
  socket.resume().on('error', () => socket.destroy());
  return {
    get open() {
      return socket.writable && !socket.readableEnded;
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => socket.destroy(new Error('the server does not read')), PATIENCE_MS);
        socket.write(`${Buffer.byteLength(message)} ${message}`, (error) => {
          clearTimeout(patience);
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () => socket.destroySoon(),
  };
}

/** Messages as datagrams (RFC 5426). A relay on this machine that is not there is noticed by the next message. */
async function openUdp(host: string, port: number): Promise<Link> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  let open = true;
  socket.connect(port, host);
  try {
    await once(socket, 'connect');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => {
    open = false;
  });
  return {
    get open() {
      return open;
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        socket.send(message, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    close: () => socket.close(),
  };
}
