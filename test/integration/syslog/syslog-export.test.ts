import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { startSyslog } from '../../../gateway/syslog/start-syslog.ts';
import { temporaryRegistry } from '../../gateway/registry/temporary-registry.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** A receiver that keeps what it gets and takes its octet counts at their word. */
class Receiver {
  readonly messages: string[] = [];
  readonly sockets = new Set<Socket>();

  take(socket: Socket): void {
    this.sockets.add(socket);
    let buffered = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (true) {
        const length = /^(\d+) /.exec(buffered.toString('latin1'))?.[1];
        if (length === undefined || buffered.length < length.length + 1 + Number(length)) return;
        const begin = length.length + 1;
        this.messages.push(buffered.subarray(begin, begin + Number(length)).toString());
        buffered = buffered.subarray(begin + Number(length));
      }
    });
  }

  /** The rows that came, by their numbers in the log. */
  get rows(): number[] {
    return this.messages.map((message) => Number(/ externalId=(\d+) /.exec(message)?.[1]));
  }
}

async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function exporting(url: string, { ca_file, names = false }: { ca_file?: string; names?: boolean } = {}) {
  const { registry, clock } = temporaryRegistry();
  const lost: number[] = [];
  const elapsed = { ms: 0 };
  const record = (count: number): void => {
    for (let n = 0; n < count; n += 1) {
      const row = { actor: 'user:王', address: '::1', action: 'user.add', target: `p${n}`, outcome: 'ok' } as const;
      registry.audit.record(row);
    }
  };
  const start = (): (() => Promise<void>) => {
    const stop = startSyslog({
      ...{ db: registry.db, audit: registry.audit, sender: { hostname: 'gateway', version: '1' } },
      ...{ config: { url, names, ...(ca_file === undefined ? {} : { ca_file }) }, lost: (rows) => lost.push(rows) },
      ...{ log: pino({ level: 'silent' }), monotonicMs: () => elapsed.ms },
    });
    if (stop === undefined) throw new Error('expected an export, got none');
    onTestFinished(stop);
    return stop;
  };
  return { registry, clock, lost, elapsed, record, start };
}

test('every row arrives once; what was written while the server was away comes after it is back', async () => {
  const receiver = new Receiver();
  const server = createServer((socket) => receiver.take(socket));
  const port = await listen(server);
  const { record, elapsed, start } = exporting(`tcp://127.0.0.1:${port}`);
  record(450);
  start();
  await until('450 rows', () => receiver.rows.length === 450);
  expect(receiver.rows).toEqual(Array.from({ length: 450 }, (_, n) => n + 1));
  expect(receiver.messages[0]).toContain('suser=user:~');
  // Time passes, so what was sent counts as taken.
  elapsed.ms += 10_000;
  record(1);
  await until('one more', () => receiver.rows.length === 451);
  elapsed.ms += 10_000;
  record(1);
  await until('one more', () => receiver.rows.length === 452);
  server.close();
  for (const socket of receiver.sockets) socket.destroy();
  record(30);
  const back = new Receiver();
  await listen(
    createServer((socket) => back.take(socket)),
    port,
  );
  await until('the rest', () => back.rows.at(-1) === 482, { timeoutMs: 20_000 });
  const taken = new Set([...receiver.rows, ...back.rows]);
  expect(taken.size).toBe(482);
  expect(back.rows[0]).toBeGreaterThan(450);
});

test('the position is kept over a restart, and rows that became too old meanwhile are counted', async () => {
  const receiver = new Receiver();
  const port = await listen(createServer((socket) => receiver.take(socket)));
  const { registry, clock, lost, elapsed, record, start } = exporting(`tcp://127.0.0.1:${port}`);
  record(3);
  const stop = start();
  await until('3 rows', () => receiver.rows.length === 3);
  const saved = (): unknown =>
    registry.db.prepare("SELECT value FROM revisions WHERE name = 'syslog'").get()?.['value'];
  await until('the position is saved', () => {
    elapsed.ms += 10_000;
    return saved() === 3;
  });
  await stop();
  record(4);
  clock.pass(402 * 24 * 3600_000);
  record(1);
  registry.prune();
  start();
  await until('the rest', () => receiver.rows.at(-1) === 9);
  expect(receiver.rows).toEqual([1, 2, 3, 8, 9]);
  expect(lost).toEqual([4]);
});

test('by TLS only to the server that the CA has certified', async () => {
  const dir = temporaryDirectory();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=log -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  const receiver = new Receiver();
  const refused: Error[] = [];
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
    receiver.take(socket),
  );
  server.on('tlsClientError', (error) => refused.push(error));
  const port = await listen(server);
  const trusting = exporting(`tls://127.0.0.1:${port}`, { ca_file: cert, names: true });
  trusting.record(2);
  trusting.start();
  await until('2 rows', () => receiver.rows.length === 2);
  expect(receiver.messages[1]).toContain('suser=user:王 c6a2Label');
  const wary = exporting(`tls://127.0.0.1:${port}`);
  wary.record(2);
  wary.start();
  await until('the link is refused', () => refused.length > 0);
  expect(receiver.rows).toHaveLength(2);
});

test('by UDP, a datagram a row', async () => {
  const socket = createSocket('udp4');
  const messages: string[] = [];
  socket.on('message', (message) => messages.push(String(message)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const { record, start } = exporting(`udp://127.0.0.1:${socket.address().port}`);
  record(5);
  start();
  await until('5 rows', () => messages.length === 5);
  expect(messages[4]).toMatch(/^<110>1 .* externalId=5 /);
});
