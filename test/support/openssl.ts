import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from '../../runtime/x509/jobs.ts';
import { FakeClock } from './fake-clock.ts';

const DAY_SECONDS = 24 * 3600;
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key'];
/** What a certificate of a device says of itself. */
const deviceExtensions = `
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** OpenSSL's command line: another hand than the product's, for certificates and for checking them. */
export class OpenSsl {
  /** A key and a PKCS #10 request. @param subject such as `O=school/CN=room-1` */
  request(subject: string): { request: string; key: string } {
    return inDirectory((dir) => {
      run(dir, ['req', '-new', ...newKey, '-subj', `/${subject}`, '-out', 'request']);
      return { request: read(dir, 'request'), key: read(dir, 'key') };
    });
  }

  /** A certificate that its own key has signed, for two days. */
  selfSigned(subject: string): KeyPair {
    return inDirectory((dir) => {
      run(dir, ['req', '-x509', ...newKey, '-subj', `/${subject}`, '-days', '2', '-out', 'certificate']);
      return { certificate: read(dir, 'certificate'), key: read(dir, 'key') };
    });
  }

  /** A web server's certificate that its own key has signed, for a day. @param startsInDays below 0 in the past */
  server(name: string, startsInDays = 0): KeyPair {
    return inDirectory((dir) => {
      const clock = new FakeClock(dir);
      clock.set(startsInDays * DAY_SECONDS);
      const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
      run(dir, ['req', '-x509', ...newKey, ...names, '-days', '1', '-out', 'certificate'], clock.env);
      return { certificate: read(dir, 'certificate'), key: read(dir, 'key') };
    });
  }

  /** A certificate for a device, which holds for a day. @param startsInDays below 0 in the past */
  signed(
    authority: KeyPair,
    { subject, serial, startsInDays }: { subject: string; serial: string; startsInDays: number },
  ): KeyPair {
    return inDirectory((dir) => {
      run(dir, ['req', '-new', ...newKey, '-subj', `/${subject}`, '-out', 'request']);
      writeFileSync(join(dir, 'ca'), authority.certificate);
      writeFileSync(join(dir, 'ca-key'), authority.key);
      writeFileSync(join(dir, 'extensions'), deviceExtensions);
      const clock = new FakeClock(dir);
      clock.set(startsInDays * DAY_SECONDS);
      const by = ['-CA', 'ca', '-CAkey', 'ca-key', '-set_serial', `0x${serial}`, '-extfile', 'extensions'];
      run(dir, ['x509', '-req', '-in', 'request', ...by, '-days', '1', '-out', 'certificate'], clock.env);
      return { certificate: read(dir, 'certificate'), key: read(dir, 'key') };
    });
  }

  /** What `openssl verify` says at a moment (ms) of a certificate, with a list of revoked ones (DER): `ok`, or the cause. */
  verify(
    certificate: string,
    { authority, revocations, atMs }: { authority: string; revocations: Buffer; atMs: number },
  ): string {
    return inDirectory((dir) => {
      writeFileSync(join(dir, 'ca'), authority);
      writeFileSync(join(dir, 'certificate'), certificate);
      writeFileSync(join(dir, 'list.der'), revocations);
      run(dir, ['crl', '-inform', 'DER', '-in', 'list.der', '-out', 'list', '-CAfile', 'ca']);
      const at = ['-attime', String(Math.floor(atMs / 1000))];
      const by = ['-CAfile', 'ca', '-CRLfile', 'list', '-crl_check', '-purpose', 'sslclient'];
      const args = ['verify', ...at, ...by, 'certificate'];
      const { status, stderr } = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
      return status === 0 ? 'ok' : (/lookup: (.*)$/m.exec(stderr)?.[1] ?? stderr);
    });
  }

  /** A list of revoked certificates (DER) as text. */
  describeList(revocations: Buffer): string {
    return spawnSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], {
      input: revocations,
      encoding: 'utf8',
    }).stdout;
  }
}

function inDirectory<T>(work: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'campus-edge-openssl-'));
  try {
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function run(cwd: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}

function read(dir: string, file: string): string {
  return readFileSync(join(dir, file), 'utf8');
}
