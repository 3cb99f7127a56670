import { request } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';

export interface VisitOptions {
  /** http: or https:. */
  url: URL;
  /** Which of the addresses of its host is visited. */
  address: string;
  /** For all of it. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** How far a visit to a web server got, and how long each part took. What was not reached is absent. */
export interface Visit {
  /** Milliseconds of the TCP handshake. */
  connectMs?: number;
  /** Milliseconds of the TLS handshake. */
  tlsMs?: number;
  /** Milliseconds from the request to the head of the response. */
  firstByteMs?: number;
  /** The status of the response; redirections are not followed. */
  status?: number;
  /** When the certificate ends, ms since 1970. */
  certificateEndsAt?: number;
  /** Where the visit ended, and with what: a code of the system, of OpenSSL (`CERT_HAS_EXPIRED`) or `TIMEOUT`. */
  failure?: { at: 'tcp' | 'tls' | 'http'; code: string };
}

/**
 * Fetches the head of one page from one address. A certificate counts when one of Mozilla's authorities or of the machine's own has signed it;
 * nothing is asked of a server that has none such.
 * @throws AbortError when the signal is given
 */
export async function visit({ url, address, timeoutMs, signal }: VisitOptions): Promise<Visit> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const seen: Visit = {};
  let at: 'tcp' | 'tls' | 'http' = 'tcp';
  let open: Socket | undefined;
  try {
    const isTls = url.protocol === 'https:';
    const plain = connect({ host: address, port: Number(url.port || (isTls ? 443 : 80)), noDelay: true });
    open = plain;
    seen.connectMs = await timed(event(plain, 'connect', limit));
    if (isTls) {
      at = 'tls';
      const secure = connectTls({
        socket: plain,
        host: hostOf(url),
        servername: nameOf(url),
        ca: authorities(),
        rejectUnauthorized: false,
      });
      open = secure;
      seen.tlsMs = await timed(event(secure, 'secureConnect', limit));
      const endsAt = Date.parse(secure.getPeerCertificate().valid_to);
      if (Number.isFinite(endsAt)) seen.certificateEndsAt = endsAt;
      if (!secure.authorized) return { ...seen, failure: { at, code: refusalOf(secure) } };
    }
    at = 'http';
    const started = performance.now();
    seen.status = await statusOf(url, open, limit);
    seen.firstByteMs = performance.now() - started;
    return seen;
  } catch (error) {
    signal.throwIfAborted();
    return { ...seen, failure: { at, code: limit.aborted ? 'TIMEOUT' : codeOf(error) } };
  } finally {
    open?.destroy();
  }
}

/** Those that Node.js brings and those that the machine's administrator has put in (`update-ca-certificates`): a school may have its own. */
function authorities(): string[] {
  return [...getCACertificates('bundled'), ...getCACertificates('system')];
}

/** What the certificate has to be for: a name, or an address without brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Server name indication takes names alone (RFC 6066 §3). */
function nameOf(url: URL): string {
  return isIP(hostOf(url)) === 0 ? url.hostname : '';
}

/** Node.js puts OpenSSL's code there, be it typed as an error or not. */
function refusalOf(socket: TLSSocket): string {
  const error: unknown = socket.authorizationError;
  return error instanceof Error ? codeOf(error) : String(error);
}

function statusOf(url: URL, socket: Socket, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'user-agent': 'campus-edge', accept: 'text/html,*/*', connection: 'close' },
      signal,
    });
    asked.once('response', (response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    // Destroying a response may say so as an error: it comes too late to change anything.
    asked.on('error', reject);
    asked.end();
  });
}

function event(socket: Socket, name: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    socket.once(name, () => {
      signal.removeEventListener('abort', give);
      resolve();
    });
    socket.on('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

async function timed(work: Promise<void>): Promise<number> {
  const started = performance.now();
  await work;
  return performance.now() - started;
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
